"""What is to be said of one file by itself."""

from lambdas.check.findings.finding import Finding
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading.dialect import DELIMITERS
from lambdas.check.reading.parsed_block import RaggedRow

_USUAL = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"}


def file_findings(profile: FileProfile) -> list[Finding]:
    """The findings on the file's rows and on how it is written."""
    if profile.ragged_rows:
        return [_ragged_rows(profile)]
    if not profile.rows:
        return [_no_rows(profile.file)]
    findings = [_written_in(profile)]
    if profile.format.encoding not in _USUAL:
        findings.append(_guessed_encoding(profile))
    if unnamed := _unnamed_places(profile):
        findings.append(_unnamed_columns(profile.file, unnamed))
    if not profile.complete:
        findings.append(_not_read_to_the_end(profile))
    return findings


def _ragged_rows(profile: FileProfile) -> Finding:
    width = len(profile.format.names)
    rows = ", ".join(map(_told, profile.ragged))
    more = ", and so on" if profile.ragged_rows > len(profile.ragged) else ""
    return Finding(
        code="ragged_rows",
        severity="error",
        file=profile.file,
        line=profile.ragged[0].line if profile.ragged else None,
        seen=f"{profile.ragged_rows:,} row(s) have too few or too many values: {rows}{more}.",
        expected=f"Each row should have {width}, like the header.",
        action="Repair these rows and upload the file again. A value with "
        f"{DELIMITERS[profile.format.delimiter]} in it must stand in quotation marks; a line that "
        "holds only blanks must be removed; too few values in the last row mean that the file was "
        "cut off.",
    )


def _told(row: RaggedRow) -> str:
    which = f"line {row.line:,}" if row.line else "one"
    return f"{which} holds only blanks" if row.is_blank else f"{which} has {row.values}"


def _no_rows(file: str) -> Finding:
    return Finding(
        code="no_rows",
        severity="error",
        file=file,
        seen="The file has column names but no rows.",
        expected="Below the column names there should be one line for each row of data.",
        action="Upload the file with its data.",
    )


def _written_in(profile: FileProfile) -> Finding:
    written = profile.format
    decimal = ", decimal commas" if written.decimal == "," else ""
    packed = ", packed with gzip" if written.compression else ""
    return Finding(
        code="written_in",
        severity="note",
        file=profile.file,
        seen=f"{profile.rows:,} rows of {len(written.columns):,} columns, separated by "
        f"{DELIMITERS[written.delimiter]}, text in {written.encoding.upper()}{decimal}{packed}.",
        expected="",
        action="The training reads it in the same way.",
    )


def _guessed_encoding(profile: FileProfile) -> Finding:
    return Finding(
        code="guessed_encoding",
        severity="warning",
        file=profile.file,
        seen="The text is not UTF-8; it is read as Western European "
        f"({profile.format.encoding.upper()}), which is a guess.",
        expected="",
        action="If letters look wrong in the results, or if the text is in another script, such as "
        "Cyrillic, Chinese or Japanese, save the file as “CSV UTF-8” and upload it again.",
    )


def _unnamed_places(profile: FileProfile) -> list[int]:
    """Columns without a name, counted from 1; one at the end is only a trailing delimiter."""
    names = profile.format.names
    return [place for place, name in enumerate(names, 1) if not name and place < len(names)]


def _unnamed_columns(file: str, places: list[int]) -> Finding:
    which = ", ".join(map(str, places[:5]))
    return Finding(
        code="unnamed_column",
        severity="warning",
        file=file,
        line=1,
        seen=f"Column number {which} has no name and is left out of the training.",
        expected=_ROW_NUMBERS if places == [1] else _SPREADSHEET,
        action="If the model should use it, give it a name in both files and upload them again.",
    )


_ROW_NUMBERS = "A first column without a name usually holds row numbers that a program added."
_SPREADSHEET = "Columns without a name are usually empty ones that a spreadsheet has left."


def _not_read_to_the_end(profile: FileProfile) -> Finding:
    return Finding(
        code="not_read_to_the_end",
        severity="warning",
        file=profile.file,
        seen=f"Of about {profile.estimated_rows:,} rows, {profile.rows:,} were looked at: the file "
        "is too large for the time of the check.",
        expected="What is said of this file holds for these rows; a single bad row may be missed.",
        action="If the training fails on a row, repair it and upload the file again.",
    )
