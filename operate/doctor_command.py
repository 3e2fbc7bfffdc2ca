"""``codefree doctor``: the table of what was found."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from operate.doctor.examination import examined
from operate.doctor.finding import Check, Finding
from operate.doctor.patient import Patient
from operate.doctor.template import Template
from operate.place import Place, in_place
from operate.terminal import console, fail, key_and_value, told
from operate.visible_text import shown

_STYLES = {"✓": "green", "✗": "red", "–": "yellow"}
_LOCAL = (
    "This is local mode: it knows the image, the layer and the prices that AWS has published, and "
    "judges policies and definitions by what AWS has published of their rules. What your own "
    "account says is seen there."
)


@in_place
def doctor(
    place: Place,
    bucket: Annotated[str | None, typer.Option(help="The bucket that is to be made.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter as it is to be, KEY=VALUE; repeat for more."),
    ] = None,
    template: Annotated[Path, typer.Option(help="The template, which make package builds.")] = Path(
        "dist/codefree.yaml"
    ),
) -> None:
    """Check template, account and stack by asking AWS. It is free, and nothing is changed."""
    if not template.is_file():
        fail(f"There is no file {template}. Build it first, with: make package")
    said = dict(key_and_value(text) for text in param or [])
    if bucket:
        said["BucketName"] = bucket
    parsed = Template(template.read_text(encoding="utf-8"))
    if not parsed.is_codefree:
        fail(f"{template} is no template of Codefree's. Build one, with: make package")
    patient = Patient(place.account, place.stack, parsed, said, place.options)
    caller = patient.caller
    told(f"You are {caller.arn} in the account {caller.account}, {place.account.place}.")
    with console.status("Asking AWS …"):
        findings = list(examined(patient))
    console.print(_table(findings, caller.account))
    if place.account.is_local:
        console.print(_LOCAL, style="dim")
    if any(finding.mark == "✗" for _, finding in findings):
        raise typer.Exit(1)


def _table(findings: list[tuple[Check, Finding]], account: str) -> Table:
    table = Table(show_lines=False)
    table.add_column("")
    table.add_column("check", no_wrap=True)
    table.add_column("found", ratio=3)
    table.add_column("what to do", ratio=2)
    for check, finding in findings:
        mark = Text(finding.mark, style=_STYLES[finding.mark])
        found, remedy = (
            shown(text.replace(account, "ACCOUNT")) for text in (finding.found, finding.remedy)
        )
        table.add_row(mark, check.name, Text(found), Text(remedy))
    return table
