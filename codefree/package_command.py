"""``codefree package``: the build, as a command."""

from pathlib import Path
from typing import Annotated

import typer

from operate.language import spoken
from operate.language_option import in_language
from operate.terminal import console
from workflow.package import write_template


@in_language
def package(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("dist/codefree.yaml"),
) -> None:
    """Build the template, the only file that is deployed."""
    written = write_template(out)
    told = spoken("{path} ({size:,} bytes)", path=written, size=written.stat().st_size)
    console.print(told)
