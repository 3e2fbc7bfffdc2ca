"""Patterns in the API's model of SageMaker, which have names for kinds of characters."""

import sys
import unicodedata

import pytest

from local.gaps.sagemaker.requests import fits


@pytest.mark.parametrize("kinds", ["L", "M", "N", "P", "S", "Z", "LZN", "LMSNP"])
def test_kinds_of_characters_are_those_of_unicode(kinds: str) -> None:
    pattern = "[" + "".join(rf"\p{{{kind}}}" for kind in kinds) + "_]*"
    for code in [*range(1024), *range(1024, sys.maxunicode + 1, 97)]:
        character = chr(code)
        expected = character == "_" or unicodedata.category(character)[0] in kinds
        assert fits(pattern, character) == expected, hex(code)


def test_other_patterns_mean_each_character_itself() -> None:
    assert fits("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "a-b")
    assert not fits("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "ä")
    assert fits("[ä]", "ä") and not fits("[ä]", "ö")


def test_the_end_of_a_text_may_be_repeated() -> None:
    assert fits(r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "Größe 한국어")
    assert not fits(r"([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}", "a\tb")
