"""``codefree deploy`` and ``destroy``: the stack itself."""

from typing import Annotated

import typer

from operate.language import spoken, to_speak
from operate.language_option import in_language
from operate.packed_template import BUILT, TemplateFile, said_parameters, template_text
from operate.place import Place, in_place
from operate.stack.deployment import StackEvent
from operate.terminal import console, fail, told

_DATA_GOES = to_speak("It permanently deletes all data, models and results in {bucket}.")
_DATA_STAYS = to_speak("The bucket {bucket} and its content stay.")


@in_language
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
        console.print(
            spoken("The stack {stack} is up to date: nothing was changed.", stack=place.stack)
        )
        return
    lines = (
        spoken("The stack {stack} is ready {place}.", stack=place.stack, place=place.account.place),
        spoken(
            "  Upload NAME_train.csv and NAME_test.csv to {folder}", folder=made.outputs["UploadTo"]
        ),
        spoken("  A new bucket takes about five minutes until uploads start runs."),
        spoken("  Results are in {folder}", folder=made.outputs["Results"]),
        spoken("  Watch: codefree status{options}", options=place.options),
    )
    told("\n".join(lines))


@in_language
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
            spoken(
                "There is no stack {stack} {place}. Choose another with --stack-name.",
                stack=place.stack,
                place=place.account.place,
            )
        )
    bucket = found.parameters.get("BucketName", "")
    warned = [
        spoken(
            "This deletes the stack {stack} {place}.",
            stack=place.stack,
            place=place.account.place,
        )
    ]
    if running := len(deployment.running()):
        stopped = spoken(
            "It stops {n} running {n:execution and its jobs|executions and their jobs}.", n=running
        )
        warned.append(stopped)
    is_deleted = found.parameters.get("DataRetention") == "Delete"
    warned.append(spoken(_DATA_GOES if is_deleted else _DATA_STAYS, bucket=bucket))
    told(" ".join(warned))
    if not yes and not typer.confirm(spoken("Continue?")):
        fail(spoken("Aborted."))
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
        return spoken("Nothing is left that costs money.")
    left = [spoken("The bucket {bucket} is left, and S3 bills its storage.", bucket=bucket)]
    if parameters.get("OwnKey") == "true":
        left.append(spoken("Its key stays as well: without it, the bucket can't be read."))
    how = spoken(
        "To delete it: empty it in the S3 console (all versions), then aws s3 rb s3://{bucket}",
        bucket=bucket,
    )
    return " ".join([*left, how])
