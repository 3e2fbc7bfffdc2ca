"""``codefree doctor``: the table of what was found."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from operate.packed_template import BUILT, TemplateFile, said_parameters, template_text
from operate.place import Place, in_place
from operate.terminal import console, fail, told
from operate.visible_text import shown

if TYPE_CHECKING:
    from operate.doctor.finding import Check, Finding

_STYLES = {"✓": "green", "✗": "red", "–": "yellow"}
_LONGEST = 400
_LOCAL = (
    "This is local mode. It knows the image, the layer and the prices that AWS has published, and "
    "judges template, policies and definitions by those of AWS's rules that are published. Only "
    "your own account knows the rest: codefree doctor --profile NAME"
)


@in_place
def doctor(
    place: Place,
    bucket: Annotated[str | None, typer.Option(help="The bucket that is to be made.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter as it is to be, KEY=VALUE; repeat for more."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Ask AWS whether template, account and stack are as they should be. Nothing is changed."""
    # What picks instance types loads slowly, and the other commands need not wait for it.
    from operate.doctor.examination import examined
    from operate.doctor.parameters import refused
    from operate.doctor.patient import Patient
    from operate.doctor.template import Template

    parsed, said = Template(template_text(template)), said_parameters(param, bucket)
    if not parsed.is_codefree:
        fail(f"{template} is no template of Codefree's. Build one, with: make package")
    if wrong := refused(parsed.content["Parameters"], said):
        fail(wrong)
    patient = Patient(place.account, place.stack, parsed, said, place.options)
    caller = patient.caller
    told(f"You are {caller.arn}, {place.account.place}.")
    with console.status("Asking AWS …"):
        findings = list(examined(patient))
    console.print(_table(findings, caller.account))
    if place.account.is_local:
        console.print(_LOCAL, style="dim")
    if any(finding.mark == "✗" for _, finding in findings):
        raise typer.Exit(1)


def _table(findings: list[tuple["Check", "Finding"]], account: str) -> Table:
    table = Table(show_lines=False)
    table.add_column("")
    table.add_column("check", no_wrap=True)
    table.add_column("found", ratio=3, overflow="fold")
    table.add_column("what to do", ratio=2, overflow="fold")
    for check, finding in findings:
        mark = Text(finding.mark, style=_STYLES[finding.mark])
        found, remedy = (
            _cut(shown(text.replace(account, "ACCOUNT")))
            for text in (finding.found, finding.remedy)
        )
        table.add_row(mark, check.name, Text(found), Text(remedy))
    return table


def _cut(text: str) -> str:
    """Validators list all that they would take, or the whole of what they refuse."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
