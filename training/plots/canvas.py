"""How plots look, and how they become a picture (PNG) or part of a page (SVG)."""

import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from training.model.class_names import class_names
from training.plots.fonts import drawable, font_families

# The page's style sheet has the same colours under these names, for light and for dark.
INK, MUTED, GRID = "#1c2733", "#66717e", "#dfe4ea"
SERIES = (
    *("#2563a8", "#c2560c", "#2f7d4f", "#7d4fb0"),
    *("#b5335f", "#6c6722", "#177f95", "#4d5866"),
)
_VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid"} | {
    colour: f"--series-{number}" for number, colour in enumerate(SERIES)
}
_LONGEST_LABEL = 18
_DOTS_PER_INCH = 110
_STYLE: dict[str, Any] = {
    "text.parse_math": False,  # a dollar sign in a name does not begin a formula
    "svg.fonttype": "none",  # the reader's own fonts draw the text
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.unicode_minus": True,
    "axes.labelsize": 9,
    "axes.titlesize": 10,
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}


@dataclass(frozen=True)
class Canvas:
    """Where plots are drawn: a picture with our own fonts, or a page with the reader's."""

    is_picture: bool

    def figure(self, width: float, height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
        """An empty figure, in inches, with its axes side by side."""
        with self.style():
            figure = _Figure(figsize=(width, height))
            return figure, list(figure.subplots(1, columns, squeeze=False)[0])

    def style(self) -> Any:
        """The settings that everything has to be drawn with."""
        return mpl.rc_context(_STYLE | {"font.family": font_families()})

    def shown(self, text: str, longest: int = _LONGEST_LABEL) -> str:
        """``text`` on one line, shortened, in characters that can be drawn."""
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return self._drawn(text if len(text) <= longest else text[: longest - 1] + "…")

    def class_names(self, labels: list[Any]) -> list[str]:
        """The names of the classes, in characters that can be drawn."""
        return [self._drawn(name) for name in class_names(labels, _LONGEST_LABEL)]

    def _drawn(self, text: str) -> str:
        # matplotlib leaves names with a leading underscore out of legends.
        text = f" {text}" if text.startswith("_") else text
        return drawable(text) if self.is_picture else text


PICTURE, PAGE = Canvas(is_picture=True), Canvas(is_picture=False)


class _Figure(Figure):
    """Lays itself out when it is drawn. If matplotlib knew of a layout, it would draw everything
    once more before it saves."""

    def draw(self, renderer: RendererBase) -> None:
        ConstrainedLayoutEngine().execute(self)
        super().draw(renderer)


def save_picture(figure: Figure, path: Path) -> None:
    """Writes a PNG; the same figure gives the same bytes."""
    with PICTURE.style():
        figure.savefig(path, dpi=_DOTS_PER_INCH, metadata={"Software": None})


def as_svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an ``svg`` element whose identifiers are made from ``name``."""
    buffer = io.StringIO()
    with (
        PAGE.style(),
        mpl.rc_context({"svg.hashsalt": name, "svg.id": None}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's fonts may have it
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)
    text = re.sub(r'(?<=style=")[^"]*(?=")', _themed, text)
    opening = re.match(r"<svg[^>]*>", text)
    assert opening
    box = re.search(r'viewBox="[^"]*"', opening.group())
    assert box
    return (
        f'<svg {box.group()} role="img" aria-label="{escape(description)}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"{text[opening.end() :].strip()}"
    )


def _themed(style: re.Match[str]) -> str:
    themed = re.sub(r"\bfont: [\d. ]*(\d[\d.]*px)[^;]*", r"font-size: \1", style.group())
    themed = re.sub(r"font-family: [^;]*;? ?", "", themed)
    for colour, variable in _VARIABLES.items():
        themed = themed.replace(colour, f"var({variable})")
    return themed
