"""``codefree up``: local mode for any AWS client, until it is stopped."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from local.session import HOME, HomeFolder, local_aws, told_to_stop
from operate.home import HomeLock, HomeTaken, HomeUnusable
from operate.language import spoken, to_speak
from operate.language_option import in_language
from operate.terminal import console, fail, key_and_value, told

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.stack import Stack

_POLL_SECONDS = 0.5
_UP = to_speak("Codefree is up. In another terminal, for any AWS client:")
_UPLOAD = to_speak("Upload a pair:")
_WATCH = to_speak("Watch, rerun and stop:")
_FETCH = to_speak("Fetch the results:")


@in_language
def up(
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1 for AWS clients.")] = 4566,
    bucket: Annotated[
        str | None, typer.Option(help="The bucket's name; codefree unless set. Kept.")
    ] = None,
    home: HomeFolder = HOME,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter, KEY=VALUE; repeatable. Kept."),
    ] = None,
    keep_last: Annotated[
        int | None, typer.Option(min=1, help="Before starting, delete all but the newest N runs.")
    ] = None,
    jobs_at_once: Annotated[
        int | None,
        typer.Option(min=1, help="Run at most this many jobs at the same time."),
    ] = None,
) -> None:
    """Keep local mode running for any AWS client, until Ctrl-C. Data and runs survive restarts."""
    parameters = dict(key_and_value(text) for text in param or [])
    if bucket:
        parameters["BucketName"] = bucket
    with (
        _held(home) as lock,
        local_aws(home, port, parameters, keeping=True, jobs_at_once=jobs_at_once) as (aws, stack),
    ):
        if keep_last and aws.kept:
            removed = aws.kept.keep_last(keep_last, aws.s3, stack.bucket, stack.state_machine)
            console.print(spoken("Removed {removed} old {removed:run|runs}.", removed=removed))
        if aws.kept and aws.kept.unclaimed:
            told(_unclaimed(aws.kept.unclaimed, home))
        lock.announce(aws.endpoint)
        console.print(_how_to_use(aws, stack, home), soft_wrap=True)
        with contextlib.suppress(KeyboardInterrupt):
            told_of = None
            while not told_to_stop.is_set():
                time.sleep(_POLL_SECONDS)
                trouble = aws.kept.room.trouble if aws.kept else None
                if trouble and trouble != told_of:
                    console.print(trouble, style="red", soft_wrap=True)
                told_of = trouble
        console.print(spoken("Stopping. Running jobs are ended; rerun them after the next start."))


@contextlib.contextmanager
def _held(home: Path) -> Iterator[HomeLock]:
    """The folder for this process alone."""
    try:
        lock = HomeLock(home)
    except (HomeTaken, HomeUnusable) as reason:
        fail(str(reason))
    try:
        yield lock
    finally:
        lock.release()


def _unclaimed(number: int, home: Path) -> str:
    return spoken(
        "{number} {number:upload was|uploads were} interrupted before the answer. The data is in "
        "{folder}. Delete it, unless kept.sqlite is an older copy.",
        number=number,
        folder=home / "unclaimed",
    )


def _how_to_use(aws: "LocalAws", stack: "Stack", home: Path) -> str:
    from local.aws import REGION

    key = aws.credentials
    cli = f"aws --endpoint-url {aws.endpoint}"
    here = "" if home == HOME else f" --home {home}"
    end = spoken(
        "Logs: {folder}   Jobs at once: {slots}   Ctrl-C stops it.",
        folder=aws.home / "logs",
        slots=aws.jobs.slots,
    )
    return f"""{spoken(_UP)}

  export AWS_ACCESS_KEY_ID={key.access_key}
  export AWS_SECRET_ACCESS_KEY={key.secret_key}
  export AWS_DEFAULT_REGION={REGION}

{spoken(_UPLOAD)}
  {cli} s3 cp NAME_test.csv s3://{stack.bucket}/data/
  {cli} s3 cp NAME_train.csv s3://{stack.bucket}/data/
{spoken(_WATCH)}
  codefree status{here}
  codefree rerun NAME{here}
  codefree stop NAME{here}
{spoken(_FETCH)}
  {cli} s3 cp --recursive s3://{stack.bucket}/results/ results/

{end}"""
