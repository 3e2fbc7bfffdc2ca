"""A page from its template: one file with its style and its font inside."""

import functools
from numbers import Number
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from training.job.language import spoken, spoken_as, spoken_language
from training.report import wording
from training.report.embedded_font import font_face

_HERE = Path(__file__).parent
# page.css is a link to the style of the check's and the failure's page; each package packs it.
_STYLES = ("page.css", "report.css")


def compile_page(template: str) -> None:
    """Has the page's template compiled, which takes a while, before it is rendered."""
    _template(template, spoken_language())


def rendered(template: str, content: dict[str, Any]) -> str:
    """The HTML of a page in the language that is spoken.

    Args:
        template: the file in this folder.
        content: what it names and what base.html names, beside ``language`` and ``style``.
    """
    style = Markup("".join((_HERE / name).read_text(encoding="utf-8") for name in _STYLES))
    told = {"language": spoken_language(), "style": style}
    page = _template(template, spoken_language()).render(told | content)
    return page.replace("/* font */", font_face(page), 1)


@functools.cache
def _template(name: str, _language: str) -> jinja2.Template:
    """The compiled template; one of each language, for what never changes is filled in once."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for word in ("shown", "number", "score", "percent", "duration", "size"):
        environment.filters[word] = getattr(wording, word)
    environment.filters |= {"title_of": wording.metric_title, "meaning": wording.metric_meaning}
    environment.globals |= {"spoken": _spoken, "spoken_as": _spoken_as}
    return environment.get_template(name)


def _spoken(template: str, /, **facts: Any) -> Markup:
    """As :func:`spoken`: the page's templates are HTML, and its facts are not."""
    return Markup(spoken(template, **_escaped(facts)))


def _spoken_as(context: str, template: str, /, **facts: Any) -> Markup:
    return Markup(spoken_as(context, template, **_escaped(facts)))


def _escaped(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with every text in HTML; numbers stay, for their template formats them."""
    return {n: f if isinstance(f, Number) else escape(f) for n, f in facts.items()}
