"""A page for people in the style of the report: one file, with no other file and no network."""

from html import escape
from pathlib import Path

from lambdas.language import spoken_language

# The report's, too: training/report has a link to it, for the two packages share no code.
_STYLE = Path(__file__).with_name("page.css")


def page(title: str, body: str) -> str:
    """``body`` is HTML; what comes from people in it is escaped there."""
    return (
        f'<!doctype html><html lang="{spoken_language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def scrollable(label: str, table: str) -> str:
    """A table in an area that the keyboard can scroll, named for who can't see it."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table>{table}</table></div>"
    )


def table_head(*headings: str, numbers: tuple[str, ...] = ()) -> str:
    """The row of headings: first those of texts, then those of numbers."""
    texts = [f'<th scope="col">{escape(heading)}</th>' for heading in headings]
    right = [f'<th scope="col" class="n">{escape(heading)}</th>' for heading in numbers]
    return f"<thead><tr>{''.join(texts + right)}</tr></thead>"
