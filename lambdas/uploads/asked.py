"""What an execution was asked for: its input, which anybody may write who may start one.

This is the one place where such an input is looked into. Two forms are known: S3's event about an
upload, and what a person, Sweep or a run in line asks for by a dataset's name. Whatever else an
input holds, such as a state that looks like one of a step's, means nothing.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from lambdas.errors import PairRejected
from lambdas.language import spoken, to_speak
from lambdas.settings.setting import setting_named
from lambdas.uploads.dataset import dataset_named
from lambdas.uploads.key import dataset_of

# A place in line is called like the run that took it.
PLACE = re.compile(r"[0-9]{8}-[0-9]{9}-[0-9a-f]{6}")
_FIELDS = {"dataset": str, "force": bool, "waited": str}
_NEEDED = {
    str: to_speak('"{field}" in the execution\'s input is not a text in quotation marks.'),
    bool: to_speak(
        '"{field}" in the execution\'s input is neither true nor false (without quotation marks).'
    ),
}
_LONGEST_KEY_BYTES = 1024
# S3's event has four levels.
DEEPEST = 16
_LARGEST_NUMBER = 10**15
_RIGHT = to_speak(
    'Start it with {{"dataset": "NAME"}}, where NAME_train.csv and NAME_test.csv, or NAME.csv, are '
    'in data/; add "force": true to train the same files again, and settings such as "target": '
    '"price".'
)


@dataclass(frozen=True)
class Asked:
    """What an execution is to be about: an upload by its ``key``, or a dataset by its ``name``.

    Args:
        key: the upload's key as S3's event has it, which may be URL-encoded.
        name: the dataset's name, where no upload started the execution.
        force: whether the same files are to be trained again.
        waited: the place in line whose turn it is, where a run waited before.
        settings: settings for this run, as texts by their names.
    """

    key: str | None = None
    name: str | None = None
    force: bool = False
    waited: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def datasets(self) -> list[str]:
        """The names of the datasets that can be meant, the likeliest first."""
        if self.name is not None:
            return [self.name]
        key = self.key or ""
        return list(dict.fromkeys(_names_in([key, unquote_plus(key)])))


def asked_for(event: object) -> Asked:
    """What the input ``event`` asks for.

    Raises:
        PairRejected: it has neither form; the text says what is wrong, and what is right.
    """
    if is_deeper(event, DEEPEST):
        raise _wrong(spoken("The execution's input is nested more than {most} deep.", most=DEEPEST))
    if isinstance(event, dict) and "dataset" in event:
        return _asked_by_name(event)
    key = key_in(event)
    if key is None:
        raise _wrong(spoken("The execution's input names no dataset."))
    if not is_key(key):
        raise _wrong(spoken("The execution's input names no key that S3 knows."))
    return Asked(key=key)


def key_in(event: object) -> str | None:
    """The key in S3's event about an upload; None where ``event`` has another form."""
    match event:
        case {"detail": {"object": {"key": str(key)}}}:
            return key
    return None


def asked_in(text: str) -> Asked:
    """The same for an input that is still text, as DescribeExecution gives it.

    Raises:
        PairRejected: it has neither form, or is no JSON.
    """
    try:
        return asked_for(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise _wrong(spoken("The execution's input can't be read as JSON.")) from error


def _asked_by_name(fields: dict[str, Any]) -> Asked:
    settings = {name: value for name, value in fields.items() if name not in _FIELDS}
    if unknown := sum(setting_named(name) is None for name in settings):
        raise _wrong(
            spoken(
                "The execution's input has {fields:,} unknown {fields:field|fields}.",
                fields=unknown,
            )
        )
    for name, value in fields.items():
        if name in _FIELDS and type(value) is not _FIELDS[name]:
            raise _wrong(spoken(_NEEDED[_FIELDS[name]], field=name))
    waited = fields.get("waited")
    if waited is not None and not PLACE.fullmatch(waited):
        raise _wrong(spoken('"waited" in the execution\'s input is not a place in line.'))
    dataset = dataset_named(fields["dataset"])
    texts = {name: _setting_text(value) for name, value in settings.items()}
    return Asked(name=dataset.name, force=fields.get("force", False), waited=waited, settings=texts)


def _setting_text(value: object) -> str:
    """The value of a setting as it would stand in a settings file.

    Raises:
        PairRejected: nothing like it can stand there.
    """
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case int() | float() if abs(value) < _LARGEST_NUMBER:
            return f"{value:.15g}"
        case list() if value and all(isinstance(entry, str) for entry in value):
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(value)
            return line.getvalue()
    raise _wrong(spoken("A setting in the execution's input is neither a text nor a number."))


def is_key(key: str) -> bool:
    """Whether an object can have the key: at most 1,024 bytes of UTF-8 (Amazon S3 User Guide)."""
    try:
        return 0 < len(unquote_plus(key).encode()) <= _LONGEST_KEY_BYTES
    except UnicodeEncodeError:
        return False


def _wrong(what: str) -> PairRejected:
    """The error for an input with neither form: what is wrong, and what is right."""
    return PairRejected(f"{what} {spoken(_RIGHT)}")


def _names_in(keys: list[str]) -> Iterator[str]:
    for key in keys:
        try:
            yield dataset_of(key).name
        except PairRejected:
            continue


def is_deeper(value: object, most: int) -> bool:
    """Whether lists and objects are nested in ``value`` more than ``most`` deep."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return any(isinstance(inner, dict | list) for inner in level)


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
