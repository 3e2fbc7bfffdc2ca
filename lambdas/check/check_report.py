"""The check as a page for people: check.html."""

from collections import Counter
from html import escape

from lambdas.check.findings.finding import Finding
from lambdas.check.pair_check import PairCheck
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.pages.page import page, scrollable
from lambdas.plural import counted

_MOST_COLUMNS = 300
_TITLES = {
    "error": "Repair this first",
    "warning": "Worth a look",
    "note": "Good to know",
}
_CLASSES = {"error": "bad", "warning": "warning", "note": "note"}


def check_page(name: str, check: PairCheck) -> str:
    """The page for the dataset called ``name``."""
    body = [f"<h1>{escape(name)}: the check of the two files</h1>", _verdict(check)]
    for severity, title in _TITLES.items():
        found = [f for f in check.findings if f.severity == severity]
        if found:
            body.append(f"<section><h2>{title}</h2>{''.join(map(_finding, found))}</section>")
    if check.profile:
        body += [_columns(check.profile.train), _columns(check.profile.test)]
    return page(f"{name}: check", "".join(body))


def _verdict(check: PairCheck) -> str:
    counts = Counter(finding.severity for finding in check.findings)
    if check.errors:
        return f'<p class="bad">{escape(check.vocabulary.rejected)}</p>'
    warnings = counts["warning"]
    look = f" {warnings} thing{'s are' if warnings != 1 else ' is'} worth a look." * bool(warnings)
    return f'<p class="good">The files can be trained on.{look}</p>'


def _finding(finding: Finding) -> str:
    sampled = " (Seen in a sample of the rows.)" if finding.sampled else ""
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
    are = "is" if more == 1 else "are"
    rest = f"<p>{counted(more, 'more column')} {are} in check.json.</p>" if more > 0 else ""
    size = f"{profile.text_bytes / 1e6:,.1f} MB" if profile.text_bytes > 1e6 else "under 1 MB"
    head = (
        '<thead><tr><th scope="col">column</th><th scope="col">holds</th>'
        '<th scope="col" class="n">missing</th><th scope="col" class="n">different values</th>'
        '<th scope="col" class="n">smallest</th><th scope="col" class="n">greatest</th>'
        "</tr></thead>"
    )
    table = scrollable(f"Columns of {profile.file}", f"{head}<tbody>{rows}</tbody>")
    return (
        f"<section><h2>{escape(profile.file)}: {counted(profile.rows, 'row')}, "
        f"{counted(len(columns), 'column')}, {size} of text</h2>{table}{rest}</section>"
    )


def _column(column: ColumnProfile) -> str:
    about = "" if column.is_distinct_exact else "about "
    missing = column.missing / column.rows if column.rows else 0.0
    numbers = [
        f"{missing:.1%}",
        f"{about}{column.distinct:,}",
        f"{column.minimum:.6g}" if column.numbers else "",
        f"{column.maximum:.6g}" if column.numbers else "",
    ]
    left = f'<th scope="row">{escape(column.name)}</th><td>{_content(column)}</td>'
    return f"<tr>{left}{''.join(f'<td class=n>{cell}</td>' for cell in numbers)}</tr>"


def _content(column: ColumnProfile) -> str:
    if column.kind == "empty":
        return "nothing"
    if column.kind == "number":
        return "whole numbers" if column.whole_numbers else "numbers"
    if column.is_date:
        return "dates"
    return "free text" if column.is_free_text else "names of categories"
