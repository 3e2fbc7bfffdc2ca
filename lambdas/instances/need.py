"""What a pair of files asks of a machine: memory, processors, a volume, and time.

The rule, with its reasons, is in docs/cost.md; the numbers are measured there.
"""

import math
from dataclasses import dataclass

from lambdas.state import ProfileState
from lambdas.wish import Wish

_GIB = 1024**3

# The system, Python, AutoGluon with its libraries and one model, without any data.
_BASE_MEMORY_GIB = 4.0
# AutoGluon skips a model that would need more of the machine's memory.
USABLE_MEMORY = 0.9
# How many times the loaded table AutoGluon takes at its peak: copies for validation, for features
# and for the models. Bagging keeps out-of-fold predictions and several models at once.
_TABLES_IN_MEMORY = 5.0
_TABLES_IN_MEMORY_BAGGED = 8.0
_BAGGED = ("best_quality", "high_quality", "good_quality")

# AutoGluon may overrun its time limit by a model that is not done (a quarter was measured); high
# and good quality then fit the best models once more on all rows.
_OVERRUN = 1.25
_OVERRUN_WITH_REFIT = 1.5
_REFITTED = ("high_quality", "good_quality")
# Pulling the image, reading the files, packing and sending the model.
_AROUND_THE_FIT_SECONDS = 300

_EVALUATION_BASE_SECONDS = 900
_EVALUATION_SECONDS_PER_GIB = 600
_USUAL_EVALUATION_SECONDS = 300

# Below these numbers of table cells more vCPUs than this only wait for each other.
_USEFUL_VCPUS = ((100_000, 8), (5_000_000, 16), (100_000_000, 48))
_MOST_USEFUL_VCPUS = 96
_VOLUME_GB_LEAST = 30
_VOLUME_TIMES_THE_DATA = 5

_GPU_PRESETS = ("extreme",)

# SageMaker's own limit of a job, 28 days (API reference, StoppingCondition).
_LONGEST_JOB_SECONDS = 28 * 24 * 3600


@dataclass(frozen=True)
class Need:
    """What both jobs need. ``train_seconds`` and ``evaluate_seconds`` are their time limits, the
    ``usual_…`` ones what they are expected to take."""

    memory_gib: float
    useful_vcpus: int
    gpu: bool
    volume_gb: int
    train_seconds: int
    evaluate_seconds: int
    usual_train_seconds: int
    usual_evaluate_seconds: int


def need_of(profile: ProfileState, wish: Wish) -> Need:
    """What files of this profile need for a fit as it is wished for."""
    train, test = profile["Train"], profile["Test"]
    presets, fit_seconds = wish.presets, wish.fit_seconds
    gib = (train["Bytes"] + test["Bytes"]) / _GIB
    cells = train["Rows"] * train["Columns"]
    evaluation = math.ceil(_EVALUATION_SECONDS_PER_GIB * test["Bytes"] / _GIB)
    fit_limit = math.ceil(fit_seconds * _overrun(presets)) + _AROUND_THE_FIT_SECONDS
    return Need(
        memory_gib=memory_gib_needed(train["MemoryBytes"], test["MemoryBytes"], presets),
        useful_vcpus=next((v for most, v in _USEFUL_VCPUS if cells < most), _MOST_USEFUL_VCPUS),
        gpu=presets.startswith(_GPU_PRESETS),
        volume_gb=_VOLUME_GB_LEAST + math.ceil(_VOLUME_TIMES_THE_DATA * gib),
        train_seconds=min(_LONGEST_JOB_SECONDS, fit_limit),
        evaluate_seconds=_EVALUATION_BASE_SECONDS + evaluation,
        usual_train_seconds=fit_seconds + _AROUND_THE_FIT_SECONDS,
        usual_evaluate_seconds=_USUAL_EVALUATION_SECONDS + evaluation // 2,
    )


def memory_gib_needed(train_bytes: int, test_bytes: int, presets: str) -> float:
    """The memory, in GiB, of a machine for tables that take so many bytes when they are loaded."""
    times = _TABLES_IN_MEMORY_BAGGED if presets.startswith(_BAGGED) else _TABLES_IN_MEMORY
    data = times * max(train_bytes, test_bytes) / _GIB
    return (_BASE_MEMORY_GIB + data) / USABLE_MEMORY


def _overrun(presets: str) -> float:
    return _OVERRUN_WITH_REFIT if presets.startswith(_REFITTED) else _OVERRUN
