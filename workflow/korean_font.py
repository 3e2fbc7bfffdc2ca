"""The Korean font that the training code draws its pictures with, small enough to travel along."""

import functools
import io
from importlib.util import find_spec
from pathlib import Path

# Where training/plots/korean_font.py looks for it.
KOREAN_FONT = "training/plots/korean.otf"

_PACKAGE, _FILE = "pylopdf_fonts_ko", "NotoSansKR-Regular.otf"
_OTHER_CHARACTERS = (
    range(0x3000, 0x3040),  # punctuation of East Asia
    range(0x3040, 0x3100),  # kana
    range(0x3131, 0x318F),  # single letters of Korean
    range(0xFF01, 0xFF5F),  # full-width forms
)
# Copyright, names and licence (SIL Open Font License) stay with the font.
_KEPT_NAMES = [0, 1, 2, 4, 6, 13, 14]


@functools.cache
def korean_font() -> bytes:
    """Noto Sans KR with the syllables of KS X 1001, the same bytes each time.

    All 11,172 syllables would take four times as much; what is left out is spelled in letters.
    """
    from fontTools import subset  # takes a while to load, for who packs alone

    options = subset.Options(
        hinting=False,
        layout_features=[],
        name_IDs=_KEPT_NAMES,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_characters())
    packed = io.BytesIO()
    with subset.load_font(str(_source()), options) as font:
        subsetter.subset(font)
        font.save(packed)
    return packed.getvalue()


def _source() -> Path:
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise FileNotFoundError(f"The package {_PACKAGE} is not installed: run `make setup`.")
    return Path(package.origin).with_name(_FILE)


def _characters() -> list[int]:
    others = [character for part in _OTHER_CHARACTERS for character in part]
    return [*_syllables_of_ks_x_1001(), *others]


def _syllables_of_ks_x_1001() -> list[int]:
    """Rows 16 to 40 of the standard, as EUC-KR writes them."""
    written = [bytes([row, cell]) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]
    return [ord(code.decode("euc_kr")) for code in written]
