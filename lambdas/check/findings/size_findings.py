"""Whether there are enough rows for the preset, and not more than a machine can hold."""

from lambdas.check.findings.finding import Finding
from lambdas.check.profile.pair_profile import PairProfile

# Bagging splits the rows in eight folds (AutoGluon 1.6, presets with bagging).
_BAGGING_PRESETS = ("best_quality", "high_quality", "good_quality")
_FEWEST_ROWS_FOR_BAGGING = 100


def size_findings(
    pair: PairProfile, presets: str, needed_gib: float, largest_gib: float
) -> list[Finding]:
    """The findings on the number of rows.

    Args:
        pair: the profile of both files.
        presets: AutoGluon's preset.
        needed_gib: the memory that the data needs.
        largest_gib: the memory of the largest instance type.
    """
    findings = []
    rows = pair.train.columns[pair.target].present
    if presets.startswith(_BAGGING_PRESETS) and rows < _FEWEST_ROWS_FOR_BAGGING:
        findings.append(
            Finding(
                code="few_rows_for_preset",
                severity="warning",
                file=pair.train.file,
                seen=f"{rows:,} rows are few for the preset {presets}, which splits them in eight "
                "parts.",
                expected=f"It does well from about {_FEWEST_ROWS_FOR_BAGGING} rows on.",
                action="Add rows, or set AutoMLPresets to medium_quality.",
            )
        )
    if needed_gib > largest_gib:
        larger = max(pair.train, pair.test, key=lambda profile: profile.memory_bytes)
        most = round(larger.estimated_rows * largest_gib / needed_gib)
        findings.append(
            Finding(
                code="too_large",
                severity="error",
                file=larger.file,
                seen=f"The files need about {needed_gib:,.0f} GiB of memory; the largest instance "
                f"type has {largest_gib:,.0f}.",
                expected=f"This file may have at most about {most:,} rows of this kind.",
                action="Upload fewer rows, best a random choice of them, or fewer columns.",
            )
        )
    return findings
