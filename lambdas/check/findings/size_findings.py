"""Whether there are enough rows for the preset, and not more than a machine can hold."""

from lambdas.check.findings.catalogue.size_finding import SizeFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.profile.pair_profile import PairProfile

# The presets with which AutoGluon 1.6 always cross-validates.
_BAGGING_PRESETS = ("best_quality", "high_quality", "good_quality")
_FEWEST_ROWS_FOR_BAGGING = 100


def size_findings(
    pair: PairProfile, preset: str, needed_gib: float, largest_gib: float
) -> list[Finding]:
    """The findings on the number of rows.

    Args:
        pair: the profile of both files.
        preset: AutoGluon's preset.
        needed_gib: the memory that the data needs.
        largest_gib: the memory of the largest instance type.
    """
    return _too_few(pair, preset) + _too_many(pair, needed_gib, largest_gib)


def _too_few(pair: PairProfile, preset: str) -> list[Finding]:
    rows = pair.train.columns[pair.target].present
    if not preset.startswith(_BAGGING_PRESETS) or rows >= _FEWEST_ROWS_FOR_BAGGING:
        return []
    parts = folds(rows)
    few = found(
        SizeFinding.few_rows_for_preset,
        rows=rows,
        preset=preset,
        parts=parts,
        each=round(rows / parts),
    )
    return of_file(pair.train.file, [few])


def folds(rows: int) -> int:
    """In how many parts AutoGluon 1.6 cross-validates so many rows
    (autogluon.tabular.configs.pipeline_presets)."""
    return min(8, max(5, rows // 10))


def _too_many(pair: PairProfile, needed_gib: float, largest_gib: float) -> list[Finding]:
    if needed_gib <= largest_gib:
        return []
    larger = max(pair.train, pair.test, key=lambda profile: profile.memory_bytes)
    most = round(larger.estimated_rows * largest_gib / needed_gib)
    many = found(SizeFinding.too_large, needed=needed_gib, largest=largest_gib, most=most)
    return of_file(larger.file, [many])
