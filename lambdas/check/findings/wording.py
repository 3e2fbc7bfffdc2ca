"""Templates filled with facts, and with the words of a vocabulary.

A template is the catalogue's, in the language that is spoken. A fact is a value and never a
template, whoever wrote it. In braces stands the name of one of the vocabulary's words, or a fact's
name and, behind a colon, how it is told:

- a number: in Python's own way (``{rows:,}``), or as the word that goes with it
  (``{rows:row|rows}``);
- a text: as it stands (``{file}``), ``short``, or ``quoted``;
- names: at most how many of them (``{names:5}``), perhaps ``quoted``, or ``exact``, which also
  shows what can't be seen (``{names:5 exact}``);
- a day: written out;
- a phrase: in its own words, which the catalogue has; several are joined by the sign that stands
  there (``{rows:, }``).

Of None nothing is told.
"""

from collections.abc import Callable, Iterable, Mapping
from string import Formatter

from lambdas.check.reading.fact import Day, Fact, Phrase
from lambdas.language import spoken, spoken_day, translated

# For each fact that is a phrase, the template by the phrase's key.
Phrases = Mapping[str, Mapping[str, str]]


def filled(
    template: str, facts: Mapping[str, Fact], phrases: Phrases, words: Mapping[str, str]
) -> str:
    """``template`` with each name in braces told as the word or the fact of that name."""
    parts = []
    for text, name, manner, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None and name in words:
            parts.append(words[name])
        elif name is not None:
            parts.append(_told(name, facts[name], manner or "", phrases, words))
    return "".join(parts)


def listed(names: Iterable[object], most: int = 5) -> str:
    """The first names of many, as they stand in a sentence."""
    every = [shortened(str(name)) for name in names]
    first = ", ".join(every[:most])
    if len(every) <= most:
        return first
    return spoken("{names} and {more:,} more", names=first, more=len(every) - most)


def shortened(text: str, most: int = 40) -> str:
    """``text`` on one line and not longer than ``most`` characters."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _told(name: str, fact: Fact, manner: str, phrases: Phrases, words: Mapping[str, str]) -> str:
    if fact is None:
        return ""
    if isinstance(fact, Phrase):
        # Signs alone are the same everywhere.
        template = translated(phrases[name][fact.key], context=name)
        return filled(template, fact.facts, phrases, words)
    if isinstance(fact, Day):
        return spoken_day(fact.day, fact.month, fact.year)
    if isinstance(fact, str):
        return _TEXTS[manner](fact)
    if isinstance(fact, int | float):
        one, is_word, many = manner.partition("|")
        return (one if fact == 1 else many) if is_word else format(fact, manner)
    parts = [item for item in fact if isinstance(item, Phrase)]
    if parts:
        return manner.join(_told(name, part, "", phrases, words) for part in parts)
    most, _, quotes = manner.partition(" ")
    return listed(map(_TEXTS[quotes], map(str, fact)), int(most))


def _quoted(text: str) -> str:
    return repr(shortened(text))


_TEXTS: dict[str, Callable[[str], str]] = {
    "": str,
    "short": shortened,
    "quoted": _quoted,
    "exact": repr,
}
