"""The messages of each package that speaks to people: extracted from its code, and compiled.

``locale/LANGUAGE.po`` in the package's folder has them for translators, and lies in the
repository. ``LANGUAGE.mo`` beside it is what gettext reads: compiled at set-up and where the
package is packed, and never committed. Run as a program it extracts the messages anew, or with
``compile`` compiles them.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from workflow.whole_files import write_whole

_ROOT = Path(__file__).resolve().parent.parent
_MAPPING = Path(__file__).with_name("babel.cfg")
LANGUAGES = ("ko",)
# How texts are marked in the code: which arguments are the text, and its context.
_KEYWORDS: dict[str, Any] = {
    "spoken": None,
    "to_speak": None,
    "spoken_as": ((1, "c"), 2),
}
# The same messages must make the same bytes: new code is a new identity of every run.
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
_WIDTH = 100


@dataclass(frozen=True)
class SpeakingPackage:
    """A package with messages of its own, and the folders whose texts are among them."""

    name: str
    folders: tuple[str, ...]

    def path(self, language: str, root: Path = _ROOT) -> Path:
        """The messages in ``language``, for translators."""
        return root / self.name / "locale" / f"{language}.po"


SPEAKING = (
    SpeakingPackage("lambdas", ("lambdas",)),
    SpeakingPackage("training", ("training",)),
    SpeakingPackage("operate", ("operate", "codefree", "local")),
    SpeakingPackage("console", ("console",)),
)


def extracted(package: SpeakingPackage) -> Catalog:
    """The package's messages as its code has them now."""
    with _MAPPING.open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    messages = Catalog(
        project="Codefree", header_comment="", creation_date=_ALWAYS, charset="utf-8", fuzzy=False
    )
    found = extract_from_dir(
        _ROOT,
        methods,
        options,
        _KEYWORDS,
        directory_filter=lambda folder: _is_part(Path(folder), package.folders),
    )
    for file, line, text, comments, context in sorted(found, key=lambda one: one[:2]):
        messages.add(text, None, [(file, line)], auto_comments=comments, context=context)
    return messages


def kept(path: Path) -> Catalog:
    """The translated messages in ``path``; none where nobody has written any."""
    language = path.stem
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


def updated(path: Path, now: Catalog) -> bytes:
    """What ``path`` should hold when the code has the messages ``now``: its own translations,
    without those of messages that are gone; those that have changed are marked as fuzzy."""
    messages = kept(path)
    messages.update(now, update_creation_date=False)
    return written(messages)


def written(messages: Catalog) -> bytes:
    """The messages for translators; without line numbers, which change with every edit."""
    messages.header_comment = "# Korean: see docs/glossary.md for the terms."
    messages.creation_date = messages.revision_date = _ALWAYS
    buffer = io.BytesIO()
    write_po(buffer, messages, width=_WIDTH, ignore_obsolete=True, include_lineno=False)
    return buffer.getvalue()


def compiled(path: Path) -> bytes:
    """The messages in ``path`` as gettext reads them; the same bytes for the same messages."""
    return compiled_messages(path.read_bytes(), path.stem)


def compiled_messages(content: bytes, language: str) -> bytes:
    """As :func:`compiled`, for the content of such a file."""
    read = read_po(io.BytesIO(content), locale=language, charset="utf-8", abort_invalid=True)
    messages = _empty(language)
    for message in read:
        if message.id:
            messages.add(message.id, message.string, context=message.context, flags=message.flags)
    buffer = io.BytesIO()
    write_mo(buffer, messages)
    return buffer.getvalue()


def extract_all() -> None:
    """Brings the messages for translators up to date with the code, for every package."""
    for package in SPEAKING:
        now = extracted(package)
        for language in LANGUAGES:
            path = package.path(language)
            write_whole(path, updated(path, now))


def compile_all() -> None:
    """Compiles what has changed since it was compiled last, for every package."""
    for package in SPEAKING:
        for language in LANGUAGES:
            path = package.path(language)
            done = path.with_suffix(".mo")
            if not done.exists() or done.stat().st_mtime < path.stat().st_mtime:
                write_whole(done, compiled(path))


def findings_in(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[Any, ...]]:
    """Babel's extractor for a module of the catalogue of findings: the templates of each entry.

    A phrase has its name as the context, for some are a word or a sign alone.
    """
    from lambdas.check.findings.catalogue.entry import Family

    module = import_module(_module_name(file))
    families = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Family)
    ]
    for name, phrases in getattr(module, "ANY_PHRASES", {}).items():
        yield from ((1, "spoken_as", (name, text), []) for text in phrases.values())
    for family in families:
        if family.__module__ != module.__name__:
            continue
        for finding in family:
            entry = finding.value
            about = [finding.name]
            for wording in (entry.seen, entry.expected, entry.action):
                every = [wording] if isinstance(wording, str) else wording.values()
                yield from ((1, "spoken", text, about) for text in every if _has_words(text))
            for name, phrases in entry.phrases.items():
                worded = filter(_has_words, phrases.values())
                yield from ((1, "spoken_as", (name, text), about) for text in worded)


def vocabulary_in(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[Any, ...]]:
    """Babel's extractor for the words that stand inside the catalogue's sentences."""
    module = import_module(_module_name(file))
    for words in (module.STACK, module.COMMAND_LINE, module.CONSOLE):
        for vocabulary in (words, words.of_one_file(), words.of_new_rows()):
            for name, text in vars(vocabulary).items():
                if text and not text.startswith("--"):  # an option is a name everywhere
                    yield 1, "spoken_as", (name, text), []


def _has_words(template: str) -> bool:
    """Whether there is anything to translate: signs and facts alone are the same everywhere."""
    return any(any(map(str.isalpha, text)) for text, *_ in Formatter().parse(template))


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Codefree",
        header_comment="",
        creation_date=_ALWAYS,
        revision_date=_ALWAYS,
        charset="utf-8",
        fuzzy=False,
    )


def _is_part(folder: Path, folders: Iterable[str]) -> bool:
    """Whether the folder below the repository's is one of a package, or inside one."""
    [first, *_] = folder.resolve().relative_to(_ROOT).parts
    return first in folders and folder.name != "__pycache__"


def _module_name(file: IO[bytes]) -> str:
    return ".".join(Path(file.name).resolve().relative_to(_ROOT).with_suffix("").parts)


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_all()
    else:
        extract_all()
        compile_all()
