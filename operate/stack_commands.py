"""``codefree deploy`` and ``destroy``: the stack itself."""

from typing import Annotated

import typer

from operate.deployment import StackEvent
from operate.packed_template import BUILT, TemplateFile, said_parameters, template_text
from operate.place import Place, in_place
from operate.terminal import console, fail, told


@in_place
def deploy(
    place: Place,
    bucket: Annotated[
        str | None, typer.Option(help="The new bucket's name; a deployed stack keeps its bucket.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter, KEY=VALUE; repeatable. Kept."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Deploy or update Codefree. Data and running executions are kept."""
    text, wanted = template_text(template), said_parameters(param, bucket)
    made = place.deployment.deploy(text, wanted, event_shown)
    if made is None:
        console.print(f"The stack {place.stack} is up to date: nothing was changed.")
        return
    told(
        f"The stack {place.stack} is ready {place.account.place}.\n"
        f"  Upload NAME_train.csv and NAME_test.csv to {made.outputs['UploadTo']}\n"
        "  A new bucket takes about five minutes until uploads start runs.\n"
        f"  Results are in {made.outputs['Results']}\n"
        f"  Watch: codefree status{place.options}"
    )


@in_place
def destroy(
    place: Place,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
) -> None:
    """Delete the stack. The data stays, unless DataRetention is Delete."""
    deployment = place.deployment
    found = deployment.now()
    if found is None:
        fail(
            f"There is no stack {place.stack} {place.account.place}. Choose another with "
            "--stack-name."
        )
    bucket = found.parameters.get("BucketName", "")
    warned = [f"This deletes the stack {place.stack} {place.account.place}."]
    if running := len(deployment.running()):
        executions = "1 running execution and its jobs"
        if running > 1:
            executions = f"{running} running executions and their jobs"
        warned.append(f"It stops {executions}.")
    if found.parameters.get("DataRetention") == "Delete":
        warned.append(f"It permanently deletes all data, models and results in {bucket}.")
    else:
        warned.append(f"The bucket {bucket} and its content stay.")
    told(" ".join(warned))
    if not yes:
        typer.confirm("Continue?", abort=True)
    deployment.destroy(event_shown)
    told(_left(found.parameters, bucket, deployment.has_bucket(bucket)))


def event_shown(event: StackEvent) -> None:
    """One line for what is done or has failed; what is only begun is not told."""
    if event.has_failed:
        mark, reason = "✗", f"  {event.reason}"
    elif event.status.endswith("COMPLETE"):
        mark, reason = "✓", ""
    elif event.type == "AWS::CloudFormation::Stack":
        mark, reason = "…", ""
    else:
        return
    line = f"  {mark} {event.resource:<24} {event.status}{reason}"
    console.print(line, style="red" if event.has_failed else None, markup=False, soft_wrap=True)


def _left(parameters: dict[str, str], bucket: str, has_bucket: bool) -> str:
    """What is still there, and how to be rid of it."""
    if not has_bucket:
        return "Nothing is left that costs money."
    has_key = parameters.get("OwnKey") == "true"
    key = " Its key stays as well: without it, the bucket can't be read." if has_key else ""
    return (
        f"The bucket {bucket} is left, and S3 bills its storage.{key} To "
        f"delete it: empty it in the S3 console (all versions), then aws s3 rb s3://{bucket}"
    )
