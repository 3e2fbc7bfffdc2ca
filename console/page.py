"""A page made of its template: everything in it is escaped, and what is hidden in a name shown."""

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from console.language import spoken, spoken_as
from operate.duration import duration
from operate.language import spoken_language
from operate.visible_text import lines_shown


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """``template`` of templates/ with its ``facts``, in the language that is spoken."""
    told = {
        "language": spoken_language(),
        "path": request.url.path,
        "place": request.app.state.place,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(told | facts), status)


def fragment(template: str, **facts: Any) -> str:
    """A part of a page: as the page has it, and as its events bring it anew."""
    return _TEMPLATES.get_template(template).render(facts)


def when(moment: datetime) -> Markup:
    """A moment as people read it, by this machine's clock; today's by its time alone."""
    local = moment.astimezone()
    is_today = local.date() == datetime.now().astimezone().date()
    text = f"{local:%H:%M:%S}" if is_today else f"{local:%Y-%m-%d %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), text)


def size(length: int) -> str:
    """A number of bytes as people read it."""
    for unit, digits, bytes_each in (("GB", 1, 1e9), ("MB", 1, 1e6), ("KB", 0, 1e3)):
        if length >= bytes_each:
            return f"{length / bytes_each:.{digits}f} {unit}"
    return spoken("{length} bytes", length=length)


def _visible(value: Any) -> Any:
    """What stands in a page: other people's text with nothing hidden in it."""
    return lines_shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_visible,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals.update(spoken=spoken, spoken_as=spoken_as)
_TEMPLATES.filters.update(when=when, duration=duration, size=size)
