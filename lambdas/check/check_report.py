"""The check as a page for people: check.html, of a pair or of new rows."""

from collections import Counter
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from lambdas.check.findings.finding import Finding, file_part, seen_in_a_sample
from lambdas.check.pair_check import PairCheck
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.rows_check import RowsCheck
from lambdas.language import spoken, spoken_as, to_speak
from lambdas.pages.page import page, scrollable, table_head

if TYPE_CHECKING:
    from lambdas.check.profile.pair_profile import Part

_MOST_COLUMNS = 300
_TITLES = {
    "error": to_speak("Repair this first"),
    "warning": to_speak("Worth a look"),
    "note": to_speak("Good to know"),
}
_CLASSES = {"error": "bad", "warning": "warning", "note": "note"}


def check_page(name: str, check: PairCheck) -> str:
    """The page for the dataset called ``name``, in the language that is spoken."""
    headline = (
        spoken("{dataset}: the check of the file", dataset=name)
        if check.split
        else spoken("{dataset}: the check of the two files", dataset=name)
    )
    verdict = _verdict(check, spoken("The files can be trained on."))
    body = [f"<h1>{escape(headline)}</h1>", verdict, *_sections(check.findings)]
    if check.profile:
        parts: dict[Part, FileProfile] = {"train": check.profile.train, "test": check.profile.test}
        for part, profile in parts.items():
            name_of_part = file_part(profile.file, part if check.split else None)
            body.append(_columns(replace(profile, file=name_of_part)))
    return page(spoken("{dataset}: check", dataset=name), "".join(body))


def rows_page(name: str, check: RowsCheck) -> str:
    """The page for new rows of the dataset called ``name``, in the language that is spoken."""
    headline = spoken("{dataset}: the check of new rows", dataset=name)
    verdict = _verdict(check, spoken("The rows can be predicted."))
    body = [f"<h1>{escape(headline)}</h1>", verdict, *_sections(check.findings)]
    if check.profile:
        body.append(_columns(check.profile))
    return page(spoken("{dataset}: check of new rows", dataset=name), "".join(body))


def _sections(findings: list[Finding]) -> list[str]:
    sections = []
    for severity, title in _TITLES.items():
        found = [finding for finding in findings if finding.severity == severity]
        if found:
            told = "".join(map(_finding, found))
            sections.append(f"<section><h2>{escape(spoken(title))}</h2>{told}</section>")
    return sections


def _verdict(check: PairCheck | RowsCheck, passed: str) -> str:
    if check.errors:
        return f'<p class="bad">{escape(check.vocabulary.words["rejected"])}</p>'
    warnings = Counter(finding.severity for finding in check.findings)["warning"]
    if warnings:
        worth = spoken("{number} {number:thing is|things are} worth a look.", number=warnings)
        passed = f"{passed} {worth}"
    return f'<p class="good">{escape(passed)}</p>'


def _finding(finding: Finding) -> str:
    sampled = f" {escape(seen_in_a_sample())}" if finding.sampled else ""
    return (
        f'<div class="{_CLASSES[finding.severity]}"><strong>{escape(finding.where)}</strong> '
        f'<span class="quiet">{escape(finding.code)}</span><br>'
        f"{escape(finding.seen)}{sampled} {escape(finding.expected)} "
        f"<em>{escape(finding.action)}</em></div>"
    )


def _columns(profile: FileProfile) -> str:
    columns = list(profile.columns.values())
    rows = "".join(_column(column) for column in columns[:_MOST_COLUMNS])
    more = len(columns) - _MOST_COLUMNS
    left = spoken("{more:,} more {more:column is|columns are} in check.json.", more=more)
    rest = f"<p>{escape(left)}</p>" if more > 0 else ""
    title = escape(_title(profile))
    head = table_head(
        spoken_as("heading", "column"),
        spoken_as("heading", "holds"),
        numbers=(
            spoken_as("heading", "missing"),
            spoken_as("heading", "different values"),
            spoken_as("heading", "smallest"),
            spoken_as("heading", "greatest"),
        ),
    )
    label = spoken("Columns of {file}", file=profile.file)
    table = scrollable(label, f"{head}<tbody>{rows}</tbody>")
    return f"<section><h2>{title}</h2>{table}{rest}</section>"


def _title(profile: FileProfile) -> str:
    megabytes = profile.text_bytes / 1e6
    size = f"{megabytes:,.1f} MB" if megabytes > 1 else spoken("under 1 MB")
    return spoken(
        "{file}: {rows:,} {rows:row|rows}, {columns:,} {columns:column|columns}, {size} of text",
        file=profile.file,
        rows=profile.rows,
        columns=len(profile.columns),
        size=size,
    )


def _column(column: ColumnProfile) -> str:
    missing = column.missing / column.rows if column.rows else 0.0
    numbers = [
        f"{missing:.1%}",
        f"{column.distinct:,}"
        if column.is_distinct_exact
        else spoken("about {number:,}", number=column.distinct),
        f"{column.minimum:.6g}" if column.numbers else "",
        f"{column.maximum:.6g}" if column.numbers else "",
    ]
    left = f'<th scope="row">{escape(column.name)}</th><td>{escape(content_of(column))}</td>'
    return f"<tr>{left}{''.join(f'<td class=n>{escape(cell)}</td>' for cell in numbers)}</tr>"


def content_of(column: ColumnProfile) -> str:
    """What the column holds, in words."""
    if column.kind == "empty":
        return spoken_as("content", "nothing")
    if column.kind == "number":
        if column.whole_numbers:
            return spoken_as("content", "whole numbers")
        return spoken_as("content", "numbers")
    if column.is_date:
        return spoken_as("content", "dates")
    if column.is_free_text:
        return spoken_as("content", "free text")
    return spoken_as("content", "names of categories")
