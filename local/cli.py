"""The command ``codefree``."""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from lambdas.errors import BudgetTooSmall
from local.aws import REGION, LocalAws, PortTaken
from local.plan import NoPrices, Wish, checked, chosen, offered
from local.plan_view import candidates_table, findings_shown
from local.run import RunFailed, copied_results, stop_executions, upload, watched_output
from local.run_view import RunView, paths_shown, scores_table
from local.stack import BadParameter, Stack, deploy
from workflow.package import cached_template, write_template

app = typer.Typer(
    help="Codefree: upload two CSV files, get a trained model and its evaluation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)

_HOME = typer.Option(help="Folder for logs and for what the jobs need while they run.")


@app.command()
def run(
    train: Annotated[Path, typer.Argument(help="The CSV file to train on.")],
    test: Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")],
    target: Annotated[str, typer.Option(help="The column to predict.")] = "label",
    minutes: Annotated[float, typer.Option(help="How long AutoGluon may fit models.")] = 1,
    cost: Annotated[float, typer.Option(help="What the run may cost on AWS, in USD.")] = 1,
    metric: Annotated[str, typer.Option(help="What the model is made good at.")] = "auto",
    preset: Annotated[str, typer.Option(help="Quality against time.")] = "medium_quality",
    out: Annotated[Path, typer.Option(help="Where to copy the results.")] = Path("results"),
    home: Annotated[Path, _HOME] = Path(".codefree"),
) -> None:
    """Train and evaluate on this machine, through the same template that runs on AWS."""
    _check_files(train, test)
    parameters = {
        "BucketName": "codefree",
        "TargetVariable": target,
        "TrainingMinutes": f"{minutes:g}",
        "TrainingCost": f"{cost:g}",
        "EvalMetric": metric,
        "AutoMLPresets": preset,
    }
    with _local_aws(home, 0, parameters) as (aws, stack), _stopping_executions(aws, stack):
        name = _dataset_name(train)
        upload(aws, stack, name, train, test)
        try:
            with RunView(_console) as view:
                summary = json.loads(watched_output(aws, stack, view))
        except RunFailed as failure:
            kept = [f"  {path}" for path in copied_results(aws, stack, name, out)]
            _fail("\n".join([str(failure), f"The logs are in {home / 'logs'}.", *kept]))
        files = copied_results(aws, stack, name, out)
    for warning in summary["Check"]["Warnings"]:
        _console.print(f"  Worth a look: {warning}", markup=False, soft_wrap=True)
    metrics = summary["Metrics"]
    for note in metrics["notes"]:
        _console.print(f"  Note: {note}", markup=False, soft_wrap=True)
    if metrics["metrics"]:
        _console.print(scores_table(metrics))
    _console.print(f"  {summary['Cost']['Text']}", style="dim", soft_wrap=True)
    _console.print(paths_shown(files), soft_wrap=True)


@app.command()
def plan(
    train: Annotated[Path, typer.Argument(help="The CSV file to train on.")],
    test: Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")],
    target: Annotated[str, typer.Option(help="The column to predict.")] = "label",
    minutes: Annotated[float, typer.Option(min=1, help="How long AutoGluon may fit models.")] = 60,
    cost: Annotated[float, typer.Option(help="What the run may cost, in USD.")] = 1,
    preset: Annotated[str, typer.Option(help="Quality against time.")] = "best_quality",
    region: Annotated[str, typer.Option(help="The AWS region to run in.")] = REGION,
    spot: Annotated[bool, typer.Option(help="Whether to use spare capacity.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(help="An AWS profile, to read today's prices and your quotas with."),
    ] = None,
) -> None:
    """Check a pair and show where it would run and what that would cost. Nothing is run."""
    _check_files(train, test)
    wish = Wish(target, minutes, cost, preset, spot)
    check = checked(train, test, wish)
    _console.print(findings_shown(check), soft_wrap=True)
    if check.errors:
        _fail("The files can't be trained on yet: repair what is marked with ✗.")
    try:
        choice = chosen(check, wish, *offered(region, profile))
    except (BudgetTooSmall, NoPrices) as error:
        _fail(str(error))
    _console.print(candidates_table(choice))


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where AWS clients find it on 127.0.0.1.")] = 4566,
    bucket: Annotated[str, typer.Option(help="Name of the bucket.")] = "codefree",
    home: Annotated[Path, _HOME] = Path(".codefree"),
    param: Annotated[
        list[str] | None, typer.Option(help="A template parameter, KEY=VALUE; repeat for more.")
    ] = None,
) -> None:
    """Keep local mode running for any AWS client, until Ctrl-C."""
    parameters = {"BucketName": bucket} | dict(_key_and_value(text) for text in param or [])
    with _local_aws(home, port, parameters) as (aws, stack):
        _console.print(_how_to_use(aws, stack), soft_wrap=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        _console.print("Stopping: running jobs are ended.")


@app.command()
def package(
    out: Annotated[Path, typer.Option(help="The template to write.")] = Path("dist/codefree.yaml"),
) -> None:
    """Build the one file that is deployed, on AWS and here."""
    written = write_template(out)
    _console.print(f"{written} ({written.stat().st_size:,} bytes)")


@contextlib.contextmanager
def _local_aws(
    home: Path, port: int, parameters: dict[str, str]
) -> Iterator[tuple[LocalAws, Stack]]:
    """Local mode with the packed template deployed; stopped on the way out, whatever happens."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    aws = None
    try:
        aws = LocalAws(home, port)
        aws.start()
        yield aws, deploy(aws, cached_template(home / "packed"), parameters)
    except (BadParameter, PortTaken) as error:
        _fail(str(error))
    finally:
        if aws:
            aws.stop()


@contextlib.contextmanager
def _stopping_executions(aws: LocalAws, stack: Stack) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        stop_executions(aws, stack)
        _fail("Stopped. The jobs that were running have been ended.")


def _check_files(*paths: Path) -> None:
    for path in paths:
        if not path.is_file():
            _fail(f"There is no file {path}.")


def _dataset_name(train: Path) -> str:
    return train.name.removesuffix(".gz").removesuffix(".csv").removesuffix("_train") or "data"


def _key_and_value(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator:
        _fail(f"--param takes KEY=VALUE, not {text!r}.")
    return key, value


def _how_to_use(aws: LocalAws, stack: Stack) -> str:
    cli = f"aws --endpoint-url {aws.endpoint}"
    return f"""Codefree is up. For any AWS client, in another terminal:

  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION={REGION}

Upload a pair:
  {cli} s3 cp NAME_test.csv s3://{stack.bucket}/data/
  {cli} s3 cp NAME_train.csv s3://{stack.bucket}/data/
Watch:
  {cli} stepfunctions list-executions --state-machine-arn {stack.state_machine}
Fetch the results:
  {cli} s3 cp --recursive s3://{stack.bucket}/results/ results/

Logs: {aws.home / "logs"}   Jobs at once: {aws.jobs.slots}   Ctrl-C stops it."""


def _fail(message: str) -> NoReturn:
    _errors.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    app()
