"""``codefree package``: the build, as a command."""

from pathlib import Path
from typing import Annotated

import typer

from operate.terminal import console
from workflow.package import write_template


def package(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("dist/codefree.yaml"),
) -> None:
    """Build the template, the only file that is deployed."""
    written = write_template(out)
    console.print(f"{written} ({written.stat().st_size:,} bytes)")
