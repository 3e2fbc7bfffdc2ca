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
        str | None, typer.Option(help="The new bucket's name; a deployed stack keeps its own.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter, KEY=VALUE; repeat for more. Kept."),
    ] = None,
    template: TemplateFile = BUILT,
) -> None:
    """Deploy Codefree, or update what is deployed. Data and running executions are kept."""
    text, wanted = template_text(template), said_parameters(param, bucket)
    made = place.deployment.deploy(text, wanted, event_shown)
    if made is None:
        console.print(f"The stack {place.stack} is so already: nothing was changed.")
        return
    told(
        f"The stack {place.stack} is ready {place.account.place}.\n"
        f"  Upload NAME_train.csv and NAME_test.csv to {made.outputs['UploadTo']}\n"
        "  A new bucket takes about five minutes until it tells of uploads.\n"
        f"  Find the results in {made.outputs['Results']}\n"
        f"  Watch: codefree status{place.options}"
    )


@in_place
def destroy(
    place: Place,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete what is deployed. The data stays, unless the stack was told to delete it."""
    deployment = place.deployment
    found = deployment.now()
    if found is None:
        fail(f"There is no stack {place.stack} {place.account.place}. Say which with --stack-name.")
    bucket = found.parameters.get("BucketName", "")
    warned = [f"The stack {place.stack} {place.account.place} is deleted."]
    if running := len(deployment.running()):
        warned.append(f"Running executions are stopped, and their jobs with them: {running}.")
    if found.parameters.get("DataRetention") == "Delete":
        warned.append(f"All data, models and results in {bucket} are deleted for ever.")
    else:
        warned.append(f"The bucket {bucket} stays, with all that is in it.")
    told(" ".join(warned))
    if not yes:
        typer.confirm("Go on?", abort=True)
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
    key = " Its key stays too, for it can't be read without it." if has_key else ""
    return (
        f"What is left is the bucket {bucket}, which costs what S3 takes for your files.{key} To "
        f"remove it too: empty it in the S3 console (all versions), then aws s3 rb s3://{bucket}"
    )
