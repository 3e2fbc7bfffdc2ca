"""The lines for AWS's command line in a page, run as it would: its options are the API's fields.

Source: AWS CLI User Guide, "Specifying parameter values" (JSON, shorthand, ``fileb://``).
"""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^aws .*?(?=^aws |\Z)", re.MULTILINE | re.DOTALL)


def aws_lines(page: str, meant: Mapping[str, str]) -> list[list[str]]:
    """The words of each command in the page's blocks; ``meant`` stands for its capital words."""
    for word, value in meant.items():
        page = re.sub(rf"\b{word}\b", value, page)
    blocks = [text for language, text in _BLOCK.findall(page) if not language]
    commands = (line for block in blocks for line in _COMMAND.findall(block))
    return [shlex.split(line.replace("\\\n", "")) for line in commands]


def run_aws(words: list[str], client: Callable[[str], Any], folder: Path) -> None:
    """Does what the command says; files are in ``folder``."""
    _, service, verb, *rest = words
    if (service, verb) == ("s3", "cp"):
        _copy(client("s3"), rest[0], rest[1], folder)
        return
    if verb == "wait":
        waiter = client(service).get_waiter(rest[0].replace("-", "_"))
        waiter.config.delay = 0.2
        waiter.wait(**_options(rest[1:], folder))
        return
    plain = [rest.pop()] if len(rest) % 2 else []
    answer = getattr(client(service), verb.replace("-", "_"))(**_options(rest, folder))
    for name in plain:
        (folder / name).write_bytes(answer["Body"].read())


def _copy(s3: Any, source: str, target: str, folder: Path) -> None:
    if source.startswith("s3://"):
        bucket, _, key = source.removeprefix("s3://").partition("/")
        (folder / target).write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    else:
        bucket, _, key = target.removeprefix("s3://").partition("/")
        s3.put_object(Bucket=bucket, Key=key, Body=(folder / source).read_bytes())


def _options(words: list[str], folder: Path) -> dict[str, Any]:
    pairs = zip(words[::2], words[1::2], strict=True)
    return {_field(option): _value(option, text, folder) for option, text in pairs}


def _field(option: str) -> str:
    return "".join(word.capitalize() for word in option.removeprefix("--").split("-"))


def _value(option: str, text: str, folder: Path) -> Any:
    if text.startswith("{"):
        return json.loads(text)
    if text.startswith("fileb://"):
        return (folder / text.removeprefix("fileb://")).read_bytes()
    if "=" not in text:
        return text
    fields = dict(field.split("=", 1) for field in text.split(","))
    value = {name: int(told) if told.isdigit() else told for name, told in fields.items()}
    return [value] if option == "--production-variants" else value
