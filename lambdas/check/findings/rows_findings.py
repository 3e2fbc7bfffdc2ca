"""What is to be said of new rows beside the data that the model was trained on."""

from lambdas.check.findings.catalogue.rows_finding import RowsFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.rows_profile import RowsProfile
from lambdas.check.profile.trained_file import TrainedFile
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.nearest_name import matched_names

_MOST_PAIRS = 5


def column_findings(rows: RowsProfile, trained: TrainedFile) -> list[Finding]:
    """The findings on columns that are missing, spelled differently or unknown."""
    columns = rows.profile.columns
    missing = [name for name in trained.features if name not in columns]
    extra = [name for name in columns if name not in trained.columns]
    findings = []
    if missing:
        findings.append(
            found(
                RowsFinding.columns_missing,
                count=len(missing),
                missing=missing,
                guesses=_guesses(missing, extra),
            )
        )
    if rows.renamed:
        pairs = [Phrase("one", here=here, there=there) for here, there in rows.renamed.items()]
        more = len(pairs) - _MOST_PAIRS
        findings.append(
            found(
                RowsFinding.columns_respelled,
                count=len(pairs),
                pairs=pairs[:_MOST_PAIRS],
                more=Phrase("others", count=more) if more > 0 else None,
            )
        )
    if extra:
        findings.append(found(RowsFinding.columns_unknown, count=len(extra), extra=extra))
    return findings


def _guesses(missing: list[str], extra: list[str]) -> Phrase | None:
    """What the missing columns may be called in the file."""
    matched = matched_names(missing, extra)
    if not matched:
        return None
    pairs = [Phrase("perhaps", wanted=name, near=near) for name, near in matched.items()]
    more = len(pairs) - _MOST_PAIRS
    return Phrase(
        "nearest",
        pairs=pairs[:_MOST_PAIRS],
        more=Phrase("others", count=more) if more > 0 else None,
    )
