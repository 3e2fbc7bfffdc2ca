"""The Korean characters of a page, for readers whose system has no font for them."""

import base64
import io

from training.job.language import spoken_language
from training.plots.korean_font import korean_font_file

# Where the East Asian scripts begin: every system has fonts for what comes before.
_EAST_ASIA = 0x2E80

# The letters of what the Lambdas fill into a Korean page afterwards: the run and its cost.
_FILLED_IN = (
    "가간값갖같개거걸검것게격결계고곱과교구군그금기까꺼께꼈끝나난날남났낮내너널년높누느는늘"
    "니다단달담당대더데델도동되된됩두드든들듭등디때뚜라람래램량러런렀레려렴렷로록료류르른를"
    "리린릴만많맨메며면모못무묶문묻미받배버번보부분비빈빠사산상새서선설세셋속솔수순스습승시"
    "실썼쓰쓸씁씬아안않았야약어얻업없었에여열였예오온와완요용운원월위유으은을음의이인일읽입"
    "있자작장저전정제족종좋준줄중증지진차처청체초최추춘측친컴코콘큰큼태택터턴트파팟패평표퓨"
    "프필하학한할함합해했행허형훨"
)


def font_face(page: str) -> str:
    """A style rule with a font of just the Korean characters in ``page``, and of those that a page
    in Korean gets later; empty without any.

    The page names it last, so that it is used only where the reader's own fonts lack a character.
    """
    later = _FILLED_IN if spoken_language() == "ko" else ""
    characters = {ord(character) for character in {*page, *later} if ord(character) >= _EAST_ASIA}
    path = korean_font_file()
    if not characters or path is None:
        return ""
    from fontTools import subset  # takes a while to load, for pages with such characters alone

    options = subset.Options(hinting=False, layout_features=[], recalc_timestamp=False)
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    packed = io.BytesIO()
    with subset.load_font(str(path), options) as font:
        known = characters & set(font.getBestCmap())
        if not known:
            return ""
        subsetter.populate(unicodes=known)
        subsetter.subset(font)
        font.save(packed)
    data = base64.b64encode(packed.getvalue()).decode()
    return (
        '@font-face { font-family: "Codefree Korean"; font-display: block; '
        f"unicode-range: U+{_EAST_ASIA:X}-10FFFF; "  # else lines would be as high as its letters
        f'src: url("data:font/otf;base64,{data}") format("opentype"); }}'
    )
