"""The template that a command works with, and its parameters as they are said: shared options."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operate.language import spoken
from operate.terminal import fail, key_and_value

if TYPE_CHECKING:
    from operate.doctor.template import Template

BUILT = Path("dist/codefree.yaml")
TemplateFile = Annotated[Path, typer.Option(help="The template; codefree package builds it.")]


def template_text(path: Path) -> str:
    """The template's text; ends the command in words where there is no such file."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        fail(spoken("There is no file {path}. Build it first: codefree package", path=path))
    except OSError as reason:
        fail(spoken("{path} can't be read ({why}).", path=path, why=reason.strerror))
    except UnicodeError:
        fail(spoken("{path} is not a text file. Build the template: codefree package", path=path))


def codefree_template(path: Path, said: dict[str, str]) -> "Template":
    """The template parsed; ends the command in words where it is none of Codefree's, or would not
    take the parameters that were said."""
    # It takes a moment to load, which the other commands need not wait for.
    from operate.doctor.parameters import refused
    from operate.doctor.template import Template

    template = Template(template_text(path))
    if not template.is_codefree:
        fail(spoken("{path} is not a Codefree template. Build one: codefree package", path=path))
    if wrong := refused(template.content["Parameters"], said):
        fail(wrong)
    return template


def said_parameters(said: list[str] | None, bucket: str | None = None) -> dict[str, str]:
    """The parameters that were said as KEY=VALUE, or as the bucket's option."""
    parameters = dict(key_and_value(text) for text in said or [])
    return parameters | ({"BucketName": bucket} if bucket else {})
