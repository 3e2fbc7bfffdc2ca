"""The Korean characters of a page, for readers whose system has no font for them."""

import base64
import io

from fontTools import subset

from training.plots.fonts import korean_font_file

# Where the East Asian scripts begin: every system has fonts for what comes before.
_EAST_ASIA = 0x2E80


def font_face(page: str, *, is_whole: bool = False) -> str:
    """A style rule with a font of just the Korean characters in ``page``, or of all that there are
    where ``is_whole``; empty without any.

    The page names it last, so that it is used only where the reader's own fonts lack a character.
    """
    characters = {ord(character) for character in page if ord(character) >= _EAST_ASIA}
    path = korean_font_file()
    if not characters or path is None:
        return ""
    options = subset.Options(hinting=False, layout_features=[], recalc_timestamp=False)
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    font = subset.load_font(str(path), options)
    available = set(font.getBestCmap())
    known = available if is_whole else characters & available
    if not known:
        return ""
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=known)
    subsetter.subset(font)
    packed = io.BytesIO()
    font.save(packed)
    data = base64.b64encode(packed.getvalue()).decode()
    return (
        '@font-face { font-family: "Codefree Korean"; font-display: block; '
        f"unicode-range: U+{_EAST_ASIA:X}-10FFFF; "  # else lines would be as high as its letters
        f'src: url("data:font/otf;base64,{data}") format("opentype"); }}'
    )
