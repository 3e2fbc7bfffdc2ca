"""Fonts for the pictures: the container has none for Korean, so one is packed with the code."""

import functools
import unicodedata

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from training.plots.korean_font import korean_font_file

_LATIN = "DejaVu Sans"  # comes with matplotlib
# The fonts for Korean, Chinese and Japanese that come with common systems.
_EAST_ASIAN = (
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "UnDotum",
)
_SYLLABLES = range(0xAC00, 0xD7A4)


@functools.cache
def font_families() -> list[str]:
    """The fonts to draw with; each has the characters that the ones before it lack."""
    if (korean := korean_font_file()) is not None:
        font_manager.fontManager.addfont(korean)
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [_LATIN, *(name for name in _EAST_ASIAN if name in installed)]


def drawable(text: str) -> str:
    """``text`` in which every character that no font can draw is spelled out.

    A rare Korean syllable is spelled in its letters (똠 as ㄸㅗㅁ), any other character as its
    number (``\\u4e2d``), so that no empty boxes are drawn.
    """
    return "".join(c if ord(c) in _characters() else _spelled(c) for c in text)


@functools.cache
def _characters() -> frozenset[int]:
    paths = (font_manager.findfont(name) for name in font_families())
    return frozenset().union(*(FT2Font(path).get_charmap() for path in paths))


def _spelled(character: str) -> str:
    if ord(character) in _SYLLABLES:
        letters = [_letter(jamo) for jamo in unicodedata.normalize("NFD", character)]
        if all(ord(letter) in _characters() for letter in letters):
            return "".join(letters)
    return character.encode("ascii", "backslashreplace").decode()


def _letter(jamo: str) -> str:
    """The stand-alone letter, which fonts have, for a part of a syllable."""
    name = unicodedata.name(jamo).split()[-1]
    try:
        return unicodedata.lookup(f"HANGUL LETTER {name}")
    except KeyError:
        return jamo
