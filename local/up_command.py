"""``codefree up``: local mode for any AWS client, until it is stopped."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.console_command import ConsolePort
from local.session import HOME, HomeFolder, local_aws, told_to_stop
from operate.account import CannotDo
from operate.home import HomeLock, HomeTaken, HomeUnusable
from operate.language import spoken, to_speak
from operate.language_option import in_language
from operate.terminal import console, fail, key_and_value, told

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.console_process import ConsoleProcess
    from local.stack import Stack

_POLL_SECONDS = 0.5
_CONSOLE = to_speak("Codefree is up. Open the console in your browser: {address}")
_UP = to_speak("Codefree is up. In another terminal, for any AWS client:")
_CLIENTS = to_speak("In another terminal, for any AWS client:")
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
    console_port: ConsolePort = None,
    no_console: Annotated[
        bool, typer.Option("--no-console", help="Do not serve the console.")
    ] = False,
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
        page = None if no_console else _console(home, console_port)
        with page.running() if page else contextlib.nullcontext():
            if page:
                aws.lead_browsers_to(page.access.page)
            console.print(_how_to_use(aws, stack, home, page), soft_wrap=True)
            with contextlib.suppress(KeyboardInterrupt):
                _tell_troubles(aws, page)
        console.print(spoken("Stopping. Running jobs are ended; rerun them after the next start."))


def _console(home: Path, port: int | None) -> "ConsoleProcess":
    from local.console_process import ConsoleProcess

    try:
        return ConsoleProcess(home, port)
    except CannotDo as reason:
        fail(str(reason))


def _tell_troubles(aws: "LocalAws", page: "ConsoleProcess | None") -> None:
    """Says what goes wrong, once, until it is told to stop."""
    told_of = None
    while not told_to_stop.is_set():
        time.sleep(_POLL_SECONDS)
        trouble = aws.kept.room.trouble if aws.kept else None
        if trouble and trouble != told_of:
            console.print(trouble, style="red", soft_wrap=True)
        told_of = trouble
        if page and (restarted := page.tend()):
            console.print(restarted, style="red", soft_wrap=True)


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


def _how_to_use(aws: "LocalAws", stack: "Stack", home: Path, page: "ConsoleProcess | None") -> str:
    from local.aws import REGION

    key = aws.credentials
    cli = f"aws --endpoint-url {aws.endpoint}"
    here = "" if home == HOME else f" --home {home}"
    end = spoken(
        "Logs: {folder}   Jobs at once: {slots}   Ctrl-C stops it.",
        folder=aws.home / "logs",
        slots=aws.jobs.slots,
    )
    heading = spoken(_UP)
    if page:
        heading = f"{spoken(_CONSOLE, address=page.access.address)}\n\n{spoken(_CLIENTS)}"
    return f"""{heading}

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
