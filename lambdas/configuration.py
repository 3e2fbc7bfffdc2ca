"""The template's parameters, as the Lambda functions find them in their environment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from lambdas.check.profile.problem_type import WantedType

# Preset names of the original sample (AutoGluon 0.1) and what AutoGluon 1.6 calls them
# (autogluon.tabular.configs.presets_configs). Its metric names are all still known to 1.6.
PRESET_ALIASES = {
    "best_quality_with_high_quality_refit": "high_quality",
    "high_quality_fast_inference_only_refit": "high_quality",
    "good_quality_faster_inference_only_refit": "good_quality",
    "medium_quality_faster_train": "medium_quality",
}


@dataclass(frozen=True)
class Configuration:
    """What the person chose when deploying the stack.

    ``minutes`` is the time AutoGluon may fit, ``cost`` the most that one run may cost, in USD;
    ``spot`` asks for managed spot training.
    """

    bucket: str
    region: str
    target: str
    problem_type: WantedType
    eval_metric: str
    presets: str
    minutes: float
    cost: float
    spot: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Configuration":
        """The configuration in a Lambda function's environment variables."""
        preset = environment["AUTOML_PRESETS"]
        return cls(
            bucket=environment["BUCKET"],
            region=environment["AWS_REGION"],
            target=environment["TARGET_VARIABLE"],
            problem_type=cast(WantedType, environment["PROBLEM_TYPE"]),
            eval_metric=environment["EVAL_METRIC"],
            presets=PRESET_ALIASES.get(preset, preset),
            minutes=float(environment["TRAINING_MINUTES"]),
            cost=float(environment["TRAINING_COST"]),
            spot=environment["SPOT_TRAINING"] == "true",
        )

    def as_state(self) -> dict[str, Any]:
        """The part that travels through the state machine, in the Amazon States Language's case."""
        return {
            "Target": self.target,
            "ProblemType": self.problem_type,
            "EvalMetric": self.eval_metric,
            "Presets": self.presets,
            "TimeLimitSeconds": round(self.minutes * 60),
            "BudgetUSD": self.cost,
            "Spot": self.spot,
        }

    def fingerprint(self) -> dict[str, Any]:
        """What makes two runs on the same files different runs."""
        return asdict(self)
