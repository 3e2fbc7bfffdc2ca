"""The one form in which names of columns are compared: the check's, for the requests to a model.

``lambdas/check/reading/plain_name.py`` is the same: neither side can import the other, and a test
holds the two together.
"""

import unicodedata

# Signs of category Cf that are drawn: number signs and other marks in front of a word.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
# Signs of other categories that are not drawn: joiners, fillers, and what chooses a glyph.
_NOT_DRAWN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0").union(
    map(chr, range(0x180B, 0x1810)),
    map(chr, range(0xFE00, 0xFE10)),
    map(chr, range(0xE0100, 0xE01F0)),
)


def plain_name(name: str) -> str:
    """``name`` in Unicode's form NFC, with single blanks, and without what can't be seen."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    seen = "".join(c for c in name if c.isspace() or not _is_invisible(c))
    return " ".join(unicodedata.normalize("NFC", seen).split())


def _is_invisible(sign: str) -> bool:
    if unicodedata.category(sign) in {"Cf", "Cc"}:
        return sign not in _DRAWN
    return sign in _NOT_DRAWN
