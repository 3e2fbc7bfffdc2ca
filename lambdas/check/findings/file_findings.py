"""What is to be said of one file by itself."""

from lambdas.check.findings.catalogue.file_finding import FileFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.parsed_block import RaggedRow

_USUAL = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"}


def file_findings(profile: FileProfile) -> list[Finding]:
    """The findings on the file's rows and on how it is written."""
    if profile.ragged_rows:
        return [_ragged_rows(profile)]
    if not profile.rows:
        return [found(FileFinding.no_rows)]
    findings = [_written_in(profile)]
    encoding = profile.format.encoding
    if encoding not in _USUAL:
        findings.append(found(FileFinding.guessed_encoding, encoding=encoding.upper()))
    if unnamed := _unnamed(profile):
        findings.append(unnamed)
    if not profile.complete:
        findings.append(
            found(
                FileFinding.not_read_to_the_end,
                estimated=profile.estimated_rows,
                rows=profile.rows,
            )
        )
    return findings


def _ragged_rows(profile: FileProfile) -> Finding:
    return found(
        FileFinding.ragged_rows,
        line=profile.ragged[0].line if profile.ragged else None,
        count=profile.ragged_rows,
        rows=[_told(row) for row in profile.ragged],
        more=Phrase("and_so_on") if profile.ragged_rows > len(profile.ragged) else None,
        width=len(profile.format.names),
        delimiter=Phrase(profile.format.delimiter),
    )


def _told(row: RaggedRow) -> Phrase:
    if row.is_blank:
        return Phrase("blank_line", line=row.line) if row.line else Phrase("blank_somewhere")
    if row.line:
        return Phrase("of_line", line=row.line, values=row.values)
    return Phrase("somewhere", values=row.values)


def _written_in(profile: FileProfile) -> Finding:
    written = profile.format
    return found(
        FileFinding.written_in,
        rows=profile.rows,
        columns=len(written.columns),
        delimiter=Phrase(written.delimiter),
        encoding=written.encoding.upper(),
        decimals=Phrase("commas") if written.decimal == "," else None,
        packed=Phrase("gzip") if written.compression else None,
    )


def _unnamed(profile: FileProfile) -> Finding | None:
    """The finding on columns without a name: on those that hold something, if there are any. An
    empty one at the end is only a trailing delimiter."""
    names = profile.format.names
    filled = sorted(place + 1 for place in profile.filled)
    empty = [place for place, name in enumerate(names[:-1], 1) if not name]
    places = filled or empty
    if not places:
        return None
    case = "filled" if filled else "empty"
    return found(
        FileFinding.unnamed_column,
        case="first" if filled == [1] else case,
        is_mild=not filled,
        line=profile.format.skip_rows,
        count=len(places),
        places=places,
    )
