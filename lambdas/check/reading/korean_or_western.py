"""Whether bytes that both encodings know are Korean (CP949) or Western European (CP1252).

A Korean character is two bytes, in CP1252 two letters or signs; so a text may be read in both ways,
as ``ß`` behind ``ö`` may be a Chinese character of Korean, and ℃ may be ``¡É``. Each different word
votes, with as many votes as it has characters of CP949: as Western where CP1252 makes of it what
Western words are made of, else as Korean.

- A Western word has a plain letter beside its accents, and its case is that of words: all small,
  all capital, or a capital first. Korean beside a plain letter (``A형``, ``PC방``) hardly ever
  comes out so, for its first bytes are signs or capitals, and any byte may follow.
- Before and behind a word, Western text has quotation marks, currencies and such signs.
- Two letters in a row without a plain one are Korean, unless they are one letter twice (``öö``,
  ``ñÑ``). More of them are, unless their case is that of words: then they may be any other script.
- Signs alone are Korean (㎍ is ``§¶``), unless they are typographic marks, or ``§§`` before a
  number.
"""

import re
from collections.abc import Iterable
from itertools import islice

_MOST_WORDS = 20_000

_SMALL = "a-zß-öø-ÿœšž"
_CAPITAL = "A-ZÀ-ÖØ-ÞŒŠŽŸ"
_WORD = rf"(?:[{_CAPITAL}]?[{_SMALL}]+|[{_CAPITAL}]+)"
_SMALL_WORD = re.compile(rf"[{_CAPITAL}]?[{_SMALL}]+")
_SMALL_ACCENTS = "ßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿœšž"
_SPANISH = "a-zA-ZáéíóúñüÁÉÍÓÚÑÜ"
# What stands around words and numbers, and inside of units and elided words.
_BEFORE = (
    r"[“‘„‚«‹…]*(?:±?°(?=[CFK]\b)|±?µ(?=[A-Za-z])|[©±†](?=[A-Za-z])|[•–—]"
    rf"|[¡¿]+(?=[{_SPANISH}]))?"
)
_BEHIND = r"[°²³¹ºª½¼¾€£™®]?[”’»›…–—\xa0]*"
_WESTERN = re.compile(rf"{_BEFORE}{_WORD}(?:[’–]{_WORD}|[²³]?·[A-Za-z]+)*{_BEHIND}")
# One plain capital beside two others, unless these are the same.
_FEW_PLAIN_CAPITALS = re.compile(r"(?=\W*[A-Z]?([À-Þ])(?!\1)[À-Þ][A-Z]?\W*$)(?!.*[A-Z].*[A-Z]).*")
_MARKS = re.compile(r"[‚„…‘’“”•–—]+|°±|±°")
_QUOTED_LETTER = re.compile(rf"[‘’“„–—]+[{_CAPITAL}{_SMALL}]")

# Non-ASCII text with the plain letters beside it, and what follows.
_TEXTS = re.compile(r"([A-Za-z]*)([^\x00-\x7f]+)([A-Za-z]*)(?=(.?))", re.DOTALL)
_LAST_OF_JOINED_WORDS = re.compile(r".*[a-z](?=[A-Z])")
_FIRST_OF_JOINED_WORDS = re.compile(r"([A-Z]*[a-z]+)[A-Z].*")


def votes(samples: Iterable[bytes]) -> tuple[int, int]:
    """How many characters of texts that may be CP949 stand in words that are Korean, and how many
    in Western ones; the same word counts once."""
    words = {
        match.groups()
        for sample in samples
        for match in islice(_TEXTS.finditer(sample.decode("cp949", "ignore")), _MOST_WORDS)
    }
    korean = western = 0
    for before, between, behind, follows in words:
        plain = _LAST_OF_JOINED_WORDS.sub("", before), _FIRST_OF_JOINED_WORDS.sub(r"\1", behind)
        vote = _is_western(plain[0] + _in_cp1252(between) + plain[1], follows)
        western += len(between) * (vote is True)
        korean += len(between) * (vote is False)
    return korean, western


def shared_words(sample: bytes, encoding: str, known: Iterable[str]) -> int:
    """How many different words that are not plain ASCII the sample has in common with ``known``."""
    return len(non_ascii_words(sample.decode(encoding, errors="ignore")) & set(known))


def non_ascii_words(text: str) -> set[str]:
    """The different words of ``text`` with characters that are not ASCII."""
    return {word for word in re.findall(r"[^\s,;|\t\"]+", text) if not word.isascii()}


def _in_cp1252(korean: str) -> str:
    return korean.encode("cp949").decode("cp1252", errors="replace")


def _is_western(word: str, follows: str) -> bool | None:
    """Whether this is how Western text looks; None where it can't be told."""
    if _MARKS.fullmatch(word) or _QUOTED_LETTER.fullmatch(word):
        return True
    if word == "§§":
        return follows.isspace() or follows.isdigit()
    if re.search("[A-Za-z]", word):
        return _WESTERN.fullmatch(word) is not None and not _FEW_PLAIN_CAPITALS.fullmatch(word)
    if len(word) == 2:
        return word[0] in _SMALL_ACCENTS and word[0] == word[1].lower()
    # Words of other alphabets, such as Cyrillic, come out as words, too.
    return None if _SMALL_WORD.fullmatch(word) else False
