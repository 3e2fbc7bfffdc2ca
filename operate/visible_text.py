"""Other people's text as it may be shown: what it hides is made visible."""

import unicodedata

# Controls, invisible characters and those that turn the direction of the text, lone surrogates, and
# separators of lines: what a terminal would act on, and what makes a text look like another one.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Letters and marks that take no room or a blank one (Unicode Character Database,
# Default_Ignorable_Code_Point); selectors of variants, which belong to a visible character, stay.
_FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_JOINER = "\u200d"
_VARIATION = "\ufe0f"


def shown(text: str) -> str:
    """``text``, which somebody else has written, on one line and with nothing hidden in it.

    A character that is not to be seen stands there as its number, as ``\\x1b``.
    """
    return "".join(_visible(text, at, kept="") for at in range(len(text)))


def lines_shown(text: str) -> str:
    """The same for a text of several lines, which stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(text, at, kept="\n") for at in range(len(text)))


def _visible(text: str, at: int, kept: str) -> str:
    character = text[at]
    is_hidden = unicodedata.category(character) in _HIDDEN or character in _FILLERS
    if character in kept or not is_hidden:
        return character
    if character == _JOINER and _joins_emoji(text, at):
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _joins_emoji(text: str, at: int) -> bool:
    """Whether the joiner makes one picture of two, such as a family."""
    before = text[:at].rstrip(_VARIATION)[-1:]
    after = text[at + 1 : at + 2]
    return all(c and unicodedata.category(c) in {"So", "Sk"} for c in (before, after))
