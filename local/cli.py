"""The command ``codefree``: what it does on this machine, beside what operate/cli.py does anywhere.

The imitation takes seconds to load and is imported where it is used, so that the other commands
start at once.
"""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from local.disk import is_out_of_room, lacks_room, reason_of, words_for
from operate.cli import app
from operate.home import HomeLock, HomeTaken, HomeUnusable
from operate.terminal import console, fail, key_and_value, told
from workflow.package import cached_template, write_template

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.stack import Stack

_PRIVATE = 0o077
_USUAL = os.umask(_PRIVATE)
os.umask(_USUAL)  # it can't be asked for without being changed

_told_to_stop = threading.Event()
_POLL_SECONDS = 0.5

# Nothing is billed here, so what runs may cost holds nobody up unless a limit is asked for.
_FREE = {"DailyCostLimit": "1000000", "MonthlyCostLimit": "1000000"}

_HOME = typer.Option(help="Folder for the logs, and for all that codefree up holds.")


@app.command()
def run(
    train: Annotated[Path, typer.Argument(help="The CSV file to train on.")],
    test: Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")],
    target: Annotated[str, typer.Option(help="The column to predict.")] = "label",
    problem_type: Annotated[
        str, typer.Option(help="auto, binary, multiclass or regression.")
    ] = "auto",
    minutes: Annotated[float, typer.Option(help="How long AutoGluon may fit models.")] = 1,
    cost: Annotated[float, typer.Option(help="What the run may cost on AWS, in USD.")] = 1,
    metric: Annotated[str, typer.Option(help="What the model is made good at.")] = "auto",
    preset: Annotated[str, typer.Option(help="Quality against time.")] = "medium_quality",
    out: Annotated[Path, typer.Option(help="Where to copy the results.")] = Path("results"),
    home: Annotated[Path, _HOME] = Path(".codefree"),
) -> None:
    """Train and evaluate on this machine, through the same template that runs on AWS."""
    for path in (train, test):
        if not path.is_file():
            fail(f"There is no file {path}.")
    parameters = {
        "TargetVariable": target,
        "ProblemType": problem_type,
        "TrainingMinutes": f"{minutes:g}",
        "TrainingCost": f"{cost:g}",
        "EvalMetric": metric,
        "AutoMLPresets": preset,
    }
    from local.run import RunFailed, copied_results, upload, watched_output
    from local.run_view import RunView, paths_shown, scores_table

    with _local_aws(home, 0, parameters) as (aws, stack), _stopping_executions(aws, stack):
        name = _dataset_name(train)
        upload(aws, stack, name, train, test)
        try:
            with RunView(console) as view:
                summary = json.loads(watched_output(aws, stack, view))
        except RunFailed as failure:
            with _written_for_the_person(out, str(failure)):
                kept = [f"  {path}" for path in copied_results(aws, stack, name, out)]
            fail("\n".join([str(failure), f"The logs are in {home / 'logs'}.", *kept]))
        with _written_for_the_person(out):
            files = copied_results(aws, stack, name, out)
    for warning in summary["Check"]["Warnings"]:
        told(f"  Worth a look: {warning}")
    metrics = summary["Metrics"]
    for note in metrics["notes"]:
        told(f"  Note: {note}")
    if metrics["metrics"]:
        console.print(scores_table(metrics))
    console.print(f"  {summary['Cost']['Text']}", style="dim", soft_wrap=True)
    console.print(paths_shown(files), soft_wrap=True)


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where AWS clients find it on 127.0.0.1.")] = 4566,
    bucket: Annotated[
        str | None, typer.Option(help="Name of the bucket, at first codefree.")
    ] = None,
    home: Annotated[Path, _HOME] = Path(".codefree"),
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter, KEY=VALUE; repeat for more. They stay."),
    ] = None,
    keep_last: Annotated[
        int | None, typer.Option(min=1, help="Remove all runs but the newest N before it starts.")
    ] = None,
    jobs_at_once: Annotated[
        int | None,
        typer.Option(min=1, help="How many jobs run at once, if not as many as the machine bears."),
    ] = None,
) -> None:
    """Keep local mode running for any AWS client, until Ctrl-C; what it holds stays in the home."""
    parameters = dict(key_and_value(text) for text in param or [])
    if bucket:
        parameters["BucketName"] = bucket
    with (
        _held(home) as lock,
        _local_aws(home, port, parameters, True, jobs_at_once) as (aws, stack),
    ):
        if keep_last and aws.kept:
            removed = aws.kept.keep_last(keep_last, aws.s3, stack.bucket, stack.state_machine)
            console.print(f"Old runs removed: {removed}.")
        if aws.kept and aws.kept.unclaimed:
            told(_unclaimed(aws.kept.unclaimed, home))
        lock.announce(aws.endpoint)
        console.print(_how_to_use(aws, stack, home), soft_wrap=True)
        with contextlib.suppress(KeyboardInterrupt):
            told_of = None
            while not _told_to_stop.is_set():
                time.sleep(_POLL_SECONDS)
                trouble = aws.kept.room.trouble if aws.kept else None
                if trouble and trouble != told_of:
                    console.print(trouble, style="red", soft_wrap=True)
                told_of = trouble
        console.print("Stopping: running jobs are ended. After the next start they can be rerun.")


@app.command()
def package(
    out: Annotated[Path, typer.Option(help="The template to write.")] = Path("dist/codefree.yaml"),
) -> None:
    """Build the one file that is deployed, on AWS and here."""
    written = write_template(out)
    console.print(f"{written} ({written.stat().st_size:,} bytes)")


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


@contextlib.contextmanager
def _local_aws(
    home: Path,
    port: int,
    parameters: dict[str, str],
    keeping: bool = False,
    jobs_at_once: int | None = None,
) -> Iterator[tuple["LocalAws", "Stack"]]:
    """Local mode with the packed template deployed; stopped on the way out, whatever happens."""
    from local.aws import LocalAws, PortUnusable
    from local.kept.damage import HomeDamaged
    from local.stack import BadParameter, StackNotCreated, declared_parameters, deploy

    signal.signal(signal.SIGTERM, _stop)
    # What is made here, and by the functions and jobs, is nobody else's to read.
    os.umask(_PRIVATE)
    aws = None
    try:
        aws = LocalAws(home, port, keeping, jobs_at_once)
        aws.start()
        template = cached_template(home / "packed")
        kept = aws.kept.parameters() if aws.kept else {}
        known = {name: kept[name] for name in declared_parameters(template) if name in kept}
        wanted = {"BucketName": "codefree"} | _FREE | known | parameters
        stack = deploy(aws, template, wanted)
        if aws.kept:
            aws.kept.keep_parameters(wanted)
            aws.kept.resume()
        yield aws, stack
    except (BadParameter, HomeDamaged, HomeUnusable, PortUnusable, StackNotCreated) as error:
        fail(str(error))
    except typer.Exit:  # it was told what is wrong
        raise
    except Exception as error:
        if lacks_room(error) or is_out_of_room(home):
            fail(f"{words_for(home)}, and start again. What was acknowledged is kept.")
        raise
    finally:
        if aws:
            aws.stop()


@contextlib.contextmanager
def _written_for_the_person(out: Path, *said: str) -> Iterator[None]:
    """What is made meanwhile in ``out`` is for whom the person usually lets read: it is no home."""
    os.umask(_USUAL)
    try:
        yield
    except OSError as error:
        what = f"{out} can't be written to ({reason_of(error)}). Mend that"
        what = words_for(out) if lacks_room(error) else what
        what = f"{what}, or choose another folder with --out, and run again."
        fail("\n".join([*said, f"The results could not be copied. {what}"]))
    finally:
        os.umask(_PRIVATE)


def _unclaimed(number: int, home: Path) -> str:
    return (
        f"Uploads that were cut off before they were answered: {number}. Their bytes are in "
        f"{home / 'unclaimed'}. Delete them, unless kept.sqlite is an older copy that lacks them."
    )


def _stop(*_: object) -> None:
    """Interrupts the command; where that is swallowed, as moto's clean-up does, it is noted."""
    _told_to_stop.set()
    raise KeyboardInterrupt


@contextlib.contextmanager
def _stopping_executions(aws: "LocalAws", stack: "Stack") -> Iterator[None]:
    from local.run import stop_executions

    try:
        yield
    except KeyboardInterrupt:
        stop_executions(aws, stack)
        fail("Stopped. The jobs that were running have been ended.")


def _dataset_name(train: Path) -> str:
    return train.name.removesuffix(".gz").removesuffix(".csv").removesuffix("_train") or "data"


def _how_to_use(aws: "LocalAws", stack: "Stack", home: Path) -> str:
    from local.aws import REGION

    key = aws.credentials
    cli = f"aws --endpoint-url {aws.endpoint}"
    here = "" if home == Path(".codefree") else f" --home {home}"
    return f"""Codefree is up. For any AWS client, in another terminal:

  export AWS_ACCESS_KEY_ID={key.access_key}
  export AWS_SECRET_ACCESS_KEY={key.secret_key}
  export AWS_DEFAULT_REGION={REGION}

Upload a pair:
  {cli} s3 cp NAME_test.csv s3://{stack.bucket}/data/
  {cli} s3 cp NAME_train.csv s3://{stack.bucket}/data/
Watch, rerun what failed, stop what is running:
  codefree status{here}
  codefree rerun NAME{here}
  codefree stop NAME{here}
Fetch the results:
  {cli} s3 cp --recursive s3://{stack.bucket}/results/ results/

Logs: {aws.home / "logs"}   Jobs at once: {aws.jobs.slots}   Ctrl-C stops it."""


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    app()
