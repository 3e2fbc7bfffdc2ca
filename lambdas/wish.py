"""What a person asks for: by the template's parameters, and of ``codefree plan`` and ``run``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, cast

from lambdas.state import ConfigurationState

WantedType = Literal["auto", "binary", "multiclass", "regression"]
Language = Literal["en", "ko"]

# Preset names of the original sample (AutoGluon 0.1) and what AutoGluon 1.6 calls them
# (autogluon.tabular.configs.presets_configs). Its metric names are all still known to 1.6.
PRESET_ALIASES = {
    "best_quality_with_high_quality_refit": "high_quality",
    "high_quality_fast_inference_only_refit": "high_quality",
    "good_quality_faster_inference_only_refit": "good_quality",
    "medium_quality_faster_train": "medium_quality",
}


@dataclass(frozen=True)
class Wish:
    """What is to be predicted, how well, and at what price.

    ``minutes`` is the time AutoGluon may fit, ``cost`` the most that one run may cost, in USD;
    ``spot`` asks for managed spot training. ``positive_class`` names one of two classes, or is
    ``auto``. ``missing_labels`` are words, with commas between them, that mean that a label is
    missing, or ``auto``.

    ``leave_out`` are columns that nothing is learned from. ``row_id`` is a column that identifies
    rows: it stands in the predictions and is not learned from. ``time_column`` tells when a row
    became known, ``group_column`` which rows belong together; both may be empty. ``test_share`` is
    the share of rows that a single file is tested with. ``language`` is that of pages and mails.
    """

    target: str
    problem_type: WantedType
    eval_metric: str
    presets: str
    minutes: float
    cost: float
    spot: bool
    positive_class: str = "auto"
    missing_labels: str = "auto"
    leave_out: tuple[str, ...] = ()
    row_id: str = ""
    time_column: str = ""
    group_column: str = ""
    test_share: float = 0.2
    language: Language = "en"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The template's parameters in a Lambda function's environment variables."""
        return cls(
            target=environment["TARGET_VARIABLE"],
            problem_type=cast(WantedType, environment["PROBLEM_TYPE"]),
            eval_metric=environment["EVAL_METRIC"],
            presets=current_preset(environment["AUTOML_PRESETS"]),
            minutes=float(environment["TRAINING_MINUTES"]),
            cost=float(environment["TRAINING_COST"]),
            spot=environment["SPOT_TRAINING"] == "true",
            positive_class=environment["POSITIVE_CLASS"],
            missing_labels=environment["MISSING_LABELS"],
            language=cast(Language, environment["PAGE_LANGUAGE"]),
        )

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """The template's parameters as a deployed stack has them; an older stack lacks some."""
        return cls(
            target=parameters.get("TargetVariable", "label"),
            problem_type=cast(WantedType, parameters.get("ProblemType", "auto")),
            eval_metric=parameters.get("EvalMetric", "f1"),
            presets=current_preset(parameters.get("AutoMLPresets", "best_quality")),
            minutes=float(parameters.get("TrainingMinutes", 60)),
            cost=float(parameters.get("TrainingCost", 1)),
            spot=parameters.get("SpotTraining") == "true",
            positive_class=parameters.get("PositiveClass", "auto"),
            missing_labels=parameters.get("MissingLabels", "auto"),
            language=cast(Language, parameters.get("Language", "en")),
        )

    @classmethod
    def from_state(cls, state: ConfigurationState) -> Self:
        """The wish that :meth:`as_state` put into the state."""
        return cls(
            target=state["Target"],
            problem_type=cast(WantedType, state["ProblemType"]),
            eval_metric=state["EvalMetric"],
            presets=state["Presets"],
            minutes=state["TimeLimitSeconds"] / 60,
            cost=float(state["BudgetUSD"]),
            spot=state["Spot"],
            positive_class=state.get("PositiveClass", "auto"),
            missing_labels=state.get("MissingLabels", "auto"),
            leave_out=tuple(state.get("LeaveOut", ())),
            row_id=state.get("RowId", ""),
            time_column=state.get("TimeColumn", ""),
            group_column=state.get("GroupColumn", ""),
            test_share=state.get("TestShare", 0.2),
            language=state.get("Language", "en"),
        )

    def as_state(self) -> ConfigurationState:
        """The wish as it travels through the state machine."""
        return {
            "Target": self.target,
            "ProblemType": self.problem_type,
            "EvalMetric": self.eval_metric,
            "Presets": self.presets,
            "TimeLimitSeconds": self.fit_seconds,
            "BudgetUSD": self.cost,
            "Spot": self.spot,
            "PositiveClass": self.positive_class,
            "MissingLabels": self.missing_labels,
            "LeaveOut": list(self.leave_out),
            "RowId": self.row_id,
            "TimeColumn": self.time_column,
            "GroupColumn": self.group_column,
            "TestShare": self.test_share,
            "Language": self.language,
        }

    def as_parameters(self) -> dict[str, str]:
        """The wish as the template's parameters."""
        return {
            "TargetVariable": self.target,
            "ProblemType": self.problem_type,
            "EvalMetric": self.eval_metric,
            "AutoMLPresets": self.presets,
            "TrainingMinutes": f"{self.minutes:g}",
            "TrainingCost": f"{self.cost:g}",
            "SpotTraining": "true" if self.spot else "false",
            "PositiveClass": self.positive_class,
            "MissingLabels": self.missing_labels,
            "Language": self.language,
        }

    @property
    def missing_label_words(self) -> frozenset[str] | None:
        """The words that mean that a label is missing; None where that was not said."""
        if self.missing_labels.strip() == "auto":
            return None
        return frozenset(word.strip() for word in self.missing_labels.split(",") if word.strip())

    @property
    def fit_seconds(self) -> int:
        """The time AutoGluon may fit."""
        return round(self.minutes * 60)


def current_preset(name: str) -> str:
    """What AutoGluon calls the preset now."""
    return PRESET_ALIASES.get(name, name)
