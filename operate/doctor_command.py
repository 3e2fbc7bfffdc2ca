"""``codefree doctor``: the table of what was found."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from operate.packed_template import BUILT, TemplateFile, codefree_template, said_parameters
from operate.place import Place, in_place
from operate.stack.deployment import refuse_name
from operate.terminal import console, fail, told
from operate.visible_text import shown

if TYPE_CHECKING:
    from operate.doctor.finding import Check, Finding

_STYLES = {"✓": "green", "✗": "red", "–": "yellow"}
_LONGEST = 400
# In fewer columns than these a table has no room for its words.
_NARROW = 60
_LOCAL = (
    "This is local mode. It knows the image, layer and prices that AWS has published, and checks "
    "template, policies and definitions against AWS's published rules. For the rest, ask your own "
    "account: codefree doctor --profile NAME"
)


@in_place
def doctor(
    place: Place,
    bucket: Annotated[str | None, typer.Option(help="The new bucket's name.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter to check with, KEY=VALUE; repeatable."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Check template, account and stack with AWS. Changes nothing."""
    # What picks instance types loads slowly, and the other commands need not wait for it.
    from operate.doctor.examination import examined
    from operate.doctor.patient import Patient

    said = said_parameters(param, bucket)
    refuse_name(place.stack)
    parsed = codefree_template(template, said)
    patient = Patient(place.account, place.stack, parsed, said, place.options)
    caller = patient.caller
    told(f"You are {_without_number(caller.arn, caller.account)}, {place.account.place}.")
    if patient.stack and "BucketName" not in patient.stack.parameters:
        fail(
            f"The stack {place.stack} is not a Codefree stack: it has no parameter BucketName. "
            "Choose another with --stack-name."
        )
    with console.status("Asking AWS …"):
        findings = list(examined(patient))
    lines = [_line(check, finding, caller.account) for check, finding in findings]
    if console.width < _NARROW:
        told("\n".join(" ".join(filter(None, line)) for line in lines))
    else:
        console.print(_table(lines))
    if place.account.is_local:
        console.print(_LOCAL, style="dim")
    if any(finding.mark == "✗" for _, finding in findings):
        raise typer.Exit(1)


def _line(check: "Check", finding: "Finding", account: str) -> tuple[str, str, str, str]:
    """Mark, check, what was found and what to do."""
    found, remedy = (
        _cut(shown(_without_number(text, account))) for text in (finding.found, finding.remedy)
    )
    return finding.mark, check.name, found, remedy


def _table(lines: list[tuple[str, str, str, str]]) -> Table:
    table = Table(show_lines=False)
    table.add_column("")
    table.add_column("check", no_wrap=True)
    table.add_column("found", ratio=3, overflow="fold")
    table.add_column("what to do", ratio=2, overflow="fold")
    for mark, name, found, remedy in lines:
        table.add_row(Text(mark, style=_STYLES[mark]), name, Text(found), Text(remedy))
    return table


def _without_number(text: str, account: str) -> str:
    """``text`` without the account's number, where it stands in an ARN."""
    return text.replace(f":{account}:", ":ACCOUNT:")


def _cut(text: str) -> str:
    """Validators list all that they would take, or the whole of what they refuse."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
