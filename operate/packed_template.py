"""The template that a command works with, and its parameters as they are said: shared options."""

from pathlib import Path
from typing import Annotated

import typer

from operate.terminal import fail, key_and_value

BUILT = Path("dist/codefree.yaml")
TemplateFile = Annotated[Path, typer.Option(help="The template, which make package builds.")]


def template_text(path: Path) -> str:
    """The template's text; ends the command in words where there is no such file."""
    if not path.is_file():
        fail(f"There is no file {path}. Build it first, with: make package")
    return path.read_text(encoding="utf-8")


def said_parameters(said: list[str] | None, bucket: str | None = None) -> dict[str, str]:
    """The parameters that were said as KEY=VALUE, or as the bucket's option."""
    parameters = dict(key_and_value(text) for text in said or [])
    return parameters | ({"BucketName": bucket} if bucket else {})
