"""The check as a page for people: check.html."""

from collections import Counter
from html import escape
from typing import Any

from lambdas.check.column_profile import ColumnProfile
from lambdas.check.file_profile import FileProfile
from lambdas.check.finding import Finding
from lambdas.check.pair_check import PairCheck

_MOST_COLUMNS = 300
_TITLES = {
    "error": "Repair this first",
    "warning": "Worth a look",
    "note": "Good to know",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2733; margin: 2rem auto; max-width: 60rem;
       padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.verdict { padding: .75rem 1rem; border-radius: .4rem; background: #e7f5ec; }
.verdict.bad { background: #fdecea; }
.finding { border-left: .3rem solid #9aa5b1; padding: .4rem .9rem; margin: .6rem 0;
           background: #f6f8fa; }
.finding.error { border-color: #c62828; } .finding.warning { border-color: #e09b00; }
.where { font-weight: 600; overflow-wrap: anywhere; } .do { color: #0b5394; }
.code { float: right; color: #6b7785; font-size: .8rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #e1e6eb; }
td.n, th.n { text-align: right; }
"""


def check_page(name: str, check: PairCheck) -> str:
    """The page for the dataset called ``name``; it needs no other file and no network."""
    body = [f"<h1>{escape(name)}: the check of the two files</h1>", _verdict(check)]
    for severity, title in _TITLES.items():
        found = [f for f in check.findings if f.severity == severity]
        if found:
            body.append(f"<h2>{title}</h2>" + "".join(map(_finding, found)))
    if check.profile:
        body += [_columns(check.profile.train), _columns(check.profile.test)]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}: check</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _verdict(check: PairCheck) -> str:
    counts = Counter(finding.severity for finding in check.findings)
    if check.errors:
        return (
            '<p class="verdict bad">The files can’t be trained on yet. Nothing was started and '
            "nothing has cost money. Repair what is listed first and upload the repaired file: a "
            "new run starts by itself.</p>"
        )
    warnings = counts["warning"]
    look = f" {warnings} thing{'s are' if warnings != 1 else ' is'} worth a look." * bool(warnings)
    return f'<p class="verdict">The files can be trained on.{look}</p>'


def _finding(finding: Finding) -> str:
    sampled = " (Seen in a sample of the rows.)" if finding.sampled else ""
    return (
        f'<div class="finding {finding.severity}"><span class="code">{escape(finding.code)}</span>'
        f'<div class="where">{escape(finding.where)}</div>'
        f"<div>{escape(finding.seen)}{sampled} {escape(finding.expected)}</div>"
        f'<div class="do">{escape(finding.action)}</div></div>'
    )


def _columns(profile: FileProfile) -> str:
    columns = list(profile.columns.values())
    rows = "".join(_column(column) for column in columns[:_MOST_COLUMNS])
    more = len(columns) - _MOST_COLUMNS
    rest = f"<p>{more:,} more columns are in check.json.</p>" if more > 0 else ""
    size = f"{profile.text_bytes / 1e6:,.1f} MB" if profile.text_bytes > 1e6 else "under 1 MB"
    return (
        f"<h2>{escape(profile.file)}: {profile.rows:,} rows, {len(columns):,} columns, "
        f"{size} of text</h2>"
        '<div class="wide"><table><tr><th>column</th><th>holds</th><th class="n">missing</th>'
        '<th class="n">different values</th><th class="n">smallest</th><th class="n">greatest</th>'
        f"</tr>{rows}</table></div>{rest}"
    )


def _column(column: ColumnProfile) -> str:
    about = "" if column.distinct_values.is_exact else "about "
    missing = column.missing / column.rows if column.rows else 0.0
    cells: list[Any] = [escape(column.name), _content(column)]
    numbers = [
        f"{missing:.1%}",
        f"{about}{column.distinct:,}",
        f"{column.minimum:.6g}" if column.numbers else "",
        f"{column.maximum:.6g}" if column.numbers else "",
    ]
    left = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr>{left}{''.join(f'<td class=n>{cell}</td>' for cell in numbers)}</tr>"


def _content(column: ColumnProfile) -> str:
    if column.kind == "empty":
        return "nothing"
    if column.kind == "number":
        return "whole numbers" if column.whole_numbers else "numbers"
    if column.is_date:
        return "dates"
    return "free text" if column.is_free_text else "names of categories"
