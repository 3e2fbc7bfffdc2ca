"""What is to be said of one file by itself."""

from lambdas.check.findings.catalogue.file_finding import FileFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.odd_rows import OddKind, OddRow, OddRows

_USUAL = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"}
_STRAY: tuple[OddKind, ...] = ("repeated_header", "comment", "total", "footer")


def file_findings(profile: FileProfile) -> list[Finding]:
    """The findings on the file's rows and on how it is written."""
    if odd := _odd_rows(profile):
        return odd
    if not profile.rows:
        return [found(FileFinding.no_rows), *_left_out(profile)]
    findings = [_written_in(profile), *_left_out(profile)]
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


def _odd_rows(profile: FileProfile) -> list[Finding]:
    """The findings on rows that are no data, or not whole."""
    odd = profile.odd
    findings = [finding for kind in _STRAY if (finding := _stray(odd, kind))]
    if ragged := _unexplained(odd):
        findings.append(_ragged_rows(profile, ragged))
    return findings


def _stray(odd: OddRows, kind: OddKind) -> Finding | None:
    """The finding on rows that are no data."""
    if kind not in odd.shown:
        return None
    line, text, count = odd.shown[kind][0].line, odd.shown[kind][0].text, odd.counts[kind]
    more = Phrase("and_others", others=count - 1) if count > 1 else None
    if kind == "repeated_header":
        return found(FileFinding.repeated_header, line=line, count=count, more=more)
    if kind == "comment":
        return found(FileFinding.comment, line=line, count=count, text=text, more=more)
    if kind == "total":
        return found(FileFinding.total_row, line=line, count=count, text=text, more=more)
    return found(FileFinding.footer, line=line, count=count, text=text, more=more)


def _unexplained(odd: OddRows) -> list[OddRow]:
    """The ragged rows that are shown, unless all of them are something else."""
    ragged = odd.shown.get("ragged", [])
    explained = {(row.line, row.text) for kind in _STRAY for row in odd.shown.get(kind, [])}
    others = [row for row in ragged if (row.line, row.text) not in explained]
    return others if odd.counts["ragged"] == len(ragged) else ragged


def _ragged_rows(profile: FileProfile, shown: list[OddRow]) -> Finding:
    count = profile.odd.counts["ragged"]
    return found(
        FileFinding.ragged_rows,
        line=shown[0].line,
        count=count,
        rows=[_told(row) for row in shown],
        more=Phrase("and_so_on") if count > len(shown) else None,
        width=len(profile.format.names),
        delimiter=Phrase(profile.format.delimiter),
    )


def _told(row: OddRow) -> Phrase:
    if row.line and row.values == 1 and row.text:
        return Phrase("of_line_alone", line=row.line, text=row.text)
    if row.line:
        return Phrase("of_line", line=row.line, values=row.values)
    return Phrase("somewhere", values=row.values)


def _left_out(profile: FileProfile) -> list[Finding]:
    """The notes on what stands in the file and is no data."""
    findings = []
    if count := profile.odd.counts["blank"]:
        line = profile.odd.shown["blank"][0].line if "blank" in profile.odd.shown else None
        first = Phrase("here") if line and count > 1 else None
        findings.append(found(FileFinding.blank_rows, line=line, count=count, first=first))
    if profile.had_end_mark:
        findings.append(found(FileFinding.end_mark))
    return findings


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
