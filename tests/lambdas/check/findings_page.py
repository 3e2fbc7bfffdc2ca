"""The catalogue of findings as docs/findings.md has it, in a stack's words.

Write it with ``python -m tests.lambdas.check.findings_page``.
"""

from pathlib import Path
from string import Formatter

from lambdas.check.findings.catalogue.entry import Entry, Family, Wording
from lambdas.check.findings.catalogue.families import FAMILIES
from lambdas.check.findings.catalogue.signs import NOTHING
from lambdas.check.findings.vocabulary import STACK
from lambdas.check.findings.wording import Phrases

DOCS = Path(__file__).parents[3] / "docs" / "findings.md"
_HEAD = ["| code | severity | what is seen, and what should be | what to do |", f"|{' --- |' * 4}"]
_BEGIN, _END = "<!-- findings -->", "<!-- /findings -->"


def findings_tables() -> str:
    return "\n\n".join(map(_table, FAMILIES))


def with_findings_tables(page: str) -> str:
    before, rest = page.split(_BEGIN, 1)
    _, after = rest.split(_END, 1)
    return f"{before}{_BEGIN}\n{findings_tables()}\n{_END}{after}"


def _table(family: type[Family]) -> str:
    title = (family.__doc__ or "").removesuffix(".")
    rows = [_row(code.name, code.value) for code in family]
    return "\n".join([f"## {title}", "", *_HEAD, *rows])


def _row(code: str, entry: Entry) -> str:
    seen = [_shown(wording, entry.phrases) for wording in (entry.seen, entry.expected) if wording]
    cells = [f"`{code}`", _severity(entry), "<br>".join(seen), _shown(entry.action, entry.phrases)]
    return f"| {' | '.join(cells)} |"


def _severity(entry: Entry) -> str:
    if entry.needs_every_row:
        return "error; warning where not all rows were read"
    return f"{entry.severity} or {entry.milder}" if entry.milder else entry.severity


def _shown(wording: Wording, phrases: Phrases) -> str:
    every = [wording] if isinstance(wording, str) else list(wording.values())
    shown = " *Or:* ".join(_in_general(template, phrases).strip() for template in every)
    return shown.replace("|", r"\|")


def _in_general(template: str, phrases: Phrases) -> str:
    """The template in a stack's words, without facts: N for a number, … for a text, and every
    phrase that may stand."""
    parts = []
    for text, name, manner, _ in Formatter().parse(template):
        parts.append(text)
        if name is None:
            continue
        if name in STACK.words:
            parts.append(STACK.words[name])
        elif name in phrases and phrases[name] is not NOTHING:
            parts.append(_choices([_in_general(p, phrases) for p in phrases[name].values()]))
        else:
            parts.append(_fact(manner or ""))
    return "".join(parts)


def _choices(phrases: list[str]) -> str:
    # Of signs one is example enough.
    return " / ".join(phrases) if any(map(str.isalpha, phrases[0])) else phrases[0]


def _fact(manner: str) -> str:
    _, is_word, many = manner.partition("|")
    if is_word:
        return many
    return ("N%" if manner.endswith("%") else "N") if manner.startswith((",", ".")) else "…"


if __name__ == "__main__":
    DOCS.write_text(with_findings_tables(DOCS.read_text()))
