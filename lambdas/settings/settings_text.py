"""The text of a settings file: one ``name = value`` a line, as any editor writes it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.check.reading.encodings import encoding_of
from lambdas.check.reading.unreadable import Unreadable
from lambdas.errors import PairRejected
from lambdas.language import spoken

# Dozens of lines are many; more is another file under this name.
LARGEST_BYTES = 64 * 1024
_SIGN = re.compile(r"[=＝:：]")
_COMMENT = ("#", ";", "//", "＃")


@dataclass(frozen=True)
class Written:
    """A setting as somebody wrote it, and where: ``line 3``, for example."""

    name: str
    value: str
    where: str


def settings_text(settings: Iterable[Written]) -> str:
    """A file of settings that says the same."""
    return "".join(f"{written.name} = {written.value}\n" for written in settings)


def written_settings(content: bytes, file: str) -> list[Written]:
    """The settings in a file called ``file``, in any encoding that the tables may have.

    Raises:
        PairRejected: it is no text, too large, or a line is no setting.
    """
    if len(content) > LARGEST_BYTES:
        raise PairRejected(
            spoken(
                "{file} has more than {most:,} bytes, which is too much for settings. Upload a "
                "text file with one name = value a line.",
                file=file,
                most=LARGEST_BYTES,
            )
        )
    text = _text(content, file)
    written: list[Written] = []
    for place, line in enumerate(text.splitlines(), start=1):
        plain = line.strip().strip("\ufeff\x1a")
        if not plain or plain.startswith(_COMMENT):
            continue
        name, *rest = _SIGN.split(plain, maxsplit=1)
        if not rest or not name.strip():
            raise PairRejected(
                spoken(
                    "{file}, line {line}: {text} is no setting. Each line should be a name, an "
                    "equals sign and a value, such as target = survived; begin a comment with #.",
                    file=file,
                    line=place,
                    text=_shown(plain),
                )
            )
        where = spoken("{file}, line {line}", file=file, line=place)
        written.append(Written(name.strip(), rest[0].strip(), where))
    return written


def _text(content: bytes, file: str) -> str:
    no_text = PairRejected(
        spoken(
            "{file} is not a text file. Write it with an editor such as Notepad, one name = value "
            "a line, and save it as UTF-8.",
            file=file,
        )
    )
    try:
        text = content.decode(encoding_of(content, is_whole=True))
    except (Unreadable, UnicodeError) as error:
        raise no_text from error
    if "\0" in text:
        raise no_text
    return text


def _shown(text: str) -> str:
    cut = "…" if len(text) > 40 else ""
    return f"{text[:40]!r}{cut}"
