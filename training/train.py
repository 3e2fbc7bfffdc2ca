"""The training job: fits AutoGluon's models and saves the best one, ready for prediction.

Environment, as SageMaker's script mode sets it: ``SM_HPS`` (problem_type, eval_metric, presets,
time_limit in seconds), ``SM_CHANNEL_TRAIN`` (folder with the CSV), ``SM_CHANNEL_CHECK`` (folder
with what the check found, the column to predict among it), ``SM_MODEL_DIR`` and ``SM_OUTPUT_DIR``.
"""

import gc

if __name__ == "__main__":
    gc.disable()  # until the libraries are loaded: training/job/garbage.py

import json
import os
import platform
import tempfile
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
from autogluon.core.utils import infer_problem_type
from autogluon.tabular import TabularPredictor
from pandas.api.types import is_numeric_dtype

from training.fitting.baselines import fitted_baselines
from training.fitting.fit_options import fit_options
from training.fitting.forest_time import keep_forests_in_time
from training.fitting.installed_packages import list_packages_once
from training.fitting.kept_models import kept_models, model_sizes, remove_unfinished
from training.fitting.metric_choice import MetricChoice, metric_choice
from training.fitting.model_choice import choose_ensemble, ensemble_options, why_best
from training.fitting.positive_class import positive_class
from training.fitting.serving_code import save_serving_code
from training.fitting.suspected_labels import suspected_labels
from training.fitting.threshold_choice import threshold_choice
from training.fitting.validation_rows import ValidationRule, validation_rule
from training.job.ending import end_at_once
from training.job.failure import KnownFailure, reports_failure_to
from training.job.garbage import collect_from_now_on
from training.job.language import spoken, spoken_in
from training.job.machine import machine, seconds_since_start
from training.job.tables import (
    as_whole_numbers,
    language_in,
    positive_class_in,
    read_check,
    table_in,
    target_in,
    unlearned_in,
)
from training.model.baseline import save_baselines
from training.model.files import LEADERBOARD, PREDICTOR, RECORD
from training.model.known_rows import known_rows

# AutoGluon's default.
_SEED = 0
_LIBRARIES = ("lightgbm", "catboost", "xgboost", "torch", "fastai", "scikit-learn", "pandas")

# The minutes that the person gave are those of the whole program. What comes after the fit (the
# threshold, the baselines, the saving) takes 3 s on two processors for 60,000 rows of 40 columns.
_SECONDS_AFTER_THE_FIT, _LARGEST_SHARE_AFTER_THE_FIT = 3.0, 0.05
# A machine that is slow to load the libraries does not leave it without a model.
_LEAST_SHARE_OF_THE_FIT = 0.5

# What AutoGluon says when the time limit leaves it without a model.
_OUT_OF_TIME = ("No models were trained", "Not enough time left", "No base models were trained")


@reports_failure_to(lambda: Path(os.environ["SM_OUTPUT_DIR"], "failure"))
def main() -> None:
    """Trains as the environment says."""
    collect_from_now_on()
    list_packages_once()
    parameters = json.loads(os.environ["SM_HPS"])
    time_limit = float(parameters["time_limit"])
    print(f"Time budget: {time_limit:g} s")
    check = read_check(Path(os.environ["SM_CHANNEL_CHECK"]))
    with spoken_in(language_in(check)):
        _train(parameters, check, time_limit)


def _train(parameters: dict[str, Any], check: dict[str, Any], time_limit: float) -> None:
    target = target_in(check)
    table = table_in(Path(os.environ["SM_CHANNEL_TRAIN"]), check, "train")
    every = _labelled(table, target)
    rule = validation_rule(every, target, check.get("roles", {}))
    labelled = every.drop(columns=list(unlearned_in(check)), errors="ignore")
    problem_type = _problem_type(labelled[target], str(parameters["problem_type"]))
    choice = metric_choice(str(parameters["eval_metric"]), problem_type)
    print(choice.why)
    positive = None
    if problem_type == "binary":
        named = positive_class_in(check)
        positive = positive_class(labelled[target].value_counts().to_dict(), named)
        print(positive.why)
    with tempfile.TemporaryDirectory() as work:
        predictor = TabularPredictor(
            target,
            problem_type=problem_type,
            eval_metric=choice.metric,
            positive_class=positive.label if positive else None,
            path=work,
            learner_kwargs={"ignored_columns": rule.ignored},
        )
        left = seconds_to_fit(time_limit, seconds_since_start())
        _fit(predictor, labelled, rule, str(parameters["presets"]), left)
        seconds = seconds_since_start()
        record = _record(predictor, parameters, choice, len(table), labelled, seconds)
        record["validation_why"] = rule.why
        record["positive_class_why"] = positive.why if positive else None
        suspected = suspected_labels(predictor, labelled[target])
        record["suspected_labels"] = suspected.as_json() if suspected else None
        folder = Path(os.environ["SM_MODEL_DIR"])
        _save(predictor, record, folder)
        known_rows(labelled).save(folder)
        save_serving_code(check, folder)
        baselines = fitted_baselines(
            labelled, target, predictor.class_labels, predictor.eval_metric.name
        )
        save_baselines(baselines, folder)


def seconds_to_fit(time_limit: float, spent: float) -> float:
    """How long AutoGluon may fit, of ``time_limit`` seconds of which so many are ``spent``."""
    after = min(_SECONDS_AFTER_THE_FIT, _LARGEST_SHARE_AFTER_THE_FIT * time_limit)
    return max(time_limit - spent - after, _LEAST_SHARE_OF_THE_FIT * time_limit)


def _labelled(table: pd.DataFrame, target: str) -> pd.DataFrame:
    if target not in table.columns:
        raise KnownFailure(
            spoken(
                "The train file has no column {target!r}, which is to be predicted.", target=target
            )
        )
    labelled = table[table[target].notna()]
    if is_numeric_dtype(labelled[target]):
        # Beside a missing label 1 was 1.0, and would come back as such.
        labelled = labelled.copy(deep=False)
        labelled[target] = as_whole_numbers(labelled[target].to_numpy())
    if labelled[target].nunique() < 2:
        raise KnownFailure(
            spoken(
                "The column {target!r} of the train file has fewer than two different values; "
                "there is nothing to learn.",
                target=target,
            )
        )
    return labelled


def _problem_type(labels: pd.Series, asked: str) -> str:
    """The type that is asked for or that AutoGluon infers; two classes are always binary."""
    values = labels.nunique()
    if asked == "regression" and not is_numeric_dtype(labels):
        raise KnownFailure(
            spoken(
                "{target!r} is not a number in every row: it can't be regression.",
                target=labels.name,
            )
        )
    if asked == "binary" and values > 2:
        raise KnownFailure(
            spoken(
                "{target!r} has {values} different values: it can't be binary.",
                target=labels.name,
                values=values,
            )
        )
    if asked == "multiclass" and values == 2:
        return "binary"
    inferred: str = infer_problem_type(labels, silent=True)
    return inferred if asked == "auto" else asked


def _fit(
    predictor: TabularPredictor,
    table: pd.DataFrame,
    rule: ValidationRule,
    presets: str,
    seconds: float,
) -> None:
    keep_forests_in_time(len(table))
    try:
        options = fit_options(
            presets, predictor.problem_type, *table.shape, seconds, with_folds=rule.allows_folds
        )
        options |= ensemble_options(predictor.eval_metric) | rule.options
        predictor.fit(rule.with_column(table), presets=presets, time_limit=seconds, **options)
    except (AssertionError, RuntimeError) as error:
        if not any(words in str(error) for words in _OUT_OF_TIME):
            raise
        raise KnownFailure(
            spoken(
                "No model could be trained within {seconds:.0f} seconds. Either that is too short "
                "(set TrainingMinutes higher), or no column apart from the one to predict has "
                "anything that a model can learn from. The job's log says which.",
                seconds=seconds,
            )
        ) from error
    if not predictor.model_names():
        raise KnownFailure(
            spoken("No model could be trained; the job's log says why for each one.")
        )
    choose_ensemble(predictor, _validation_rows(predictor))


def _record(
    predictor: TabularPredictor,
    parameters: dict[str, Any],
    choice: MetricChoice,
    rows: int,
    labelled: pd.DataFrame,
    seconds: float,
) -> dict[str, Any]:
    """What the evaluation and the people who read it should know about the training."""
    threshold = threshold_choice(predictor, _validation_rows(predictor))
    return {
        "target": predictor.label,
        "problem_type": predictor.problem_type,
        "eval_metric_asked": parameters["eval_metric"],
        "eval_metric": predictor.eval_metric.name,
        "eval_metric_why": choice.why,
        "presets": parameters["presets"],
        "time_limit_seconds": float(parameters["time_limit"]),
        "training_seconds": round(seconds, 1),
        "rows": rows,
        "rows_without_label": rows - len(labelled),
        "columns": labelled.shape[1],
        "features": predictor.features(),
        "best_model": predictor.model_best,
        "best_model_why": why_best(predictor),
        "folds": predictor._trainer.k_fold or 0,  # noqa: SLF001 (AutoGluon tells it nowhere else)
        "validation_rows": _validation_rows(predictor),
        "decision_threshold": threshold.threshold if threshold else None,
        "decision_threshold_why": threshold.why if threshold else None,
        "model_failures": predictor.model_failures().to_dict("records"),
        "seed": _SEED,
        "autogluon": version("autogluon.tabular"),
        "python": platform.python_version(),
        "machine": machine(),
        "libraries": _installed_libraries(),
    }


def _validation_rows(predictor: TabularPredictor) -> int:
    """The number of rows of the train file on which the models and the threshold were chosen."""
    # AutoGluon tells it nowhere else.
    rows: int = predictor._trainer.num_rows_val_for_calibration  # noqa: SLF001
    return rows


def _installed_libraries() -> dict[str, str]:
    installed = {}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            installed[name] = version(name)
    return installed


def _save(predictor: TabularPredictor, record: dict[str, Any], folder: Path) -> None:
    """Saves the reports first: a clone for deployment no longer has them."""
    board = predictor.leaderboard(display=False)
    board["size_bytes"] = board["model"].map(model_sizes(predictor))
    board.to_csv(folder / LEADERBOARD, index=False)
    text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
    (folder / RECORD).write_text(text, encoding="utf-8")
    clone, kept = folder / PREDICTOR, kept_models(predictor)
    predictor.clone_for_deployment(path=str(clone), model=kept, dirs_exist_ok=True)
    remove_unfinished(predictor, clone)


if __name__ == "__main__":
    main()
    end_at_once()
