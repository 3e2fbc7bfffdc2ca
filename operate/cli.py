"""``codefree deploy``, ``destroy``, ``status``, ``rerun``, ``stop`` and ``plan``.

For an account and local mode alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated, NoReturn

import typer
from botocore.exceptions import ClientError
from rich.console import Console

from lambdas.lost_pairs import LostPair, lost_pairs, start
from operate.account import DENIED, Account, CannotDo, explained
from operate.deployment import Deployment, StackEvent
from operate.home import endpoint_of
from operate.runs import newest_runs, worth_showing
from operate.runs_table import runs_table
from operate.steering import rerun, run_to_rerun, run_to_stop, stop

app = typer.Typer(
    help="Codefree: upload two CSV files, get a trained model and its evaluation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)

# Among so many executions a name is looked for; a pair makes two.
_LOOKED_AT = 200
_STACK = "codefree"
_HOME = Path(".codefree")

_Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME|EXECUTION", help="The dataset's name, or an execution."),
]
_Profile = Annotated[str | None, typer.Option(help="The AWS profile to use.")]
_Region = Annotated[str | None, typer.Option(help="The AWS region the stack is in.")]
_Endpoint = Annotated[
    str | None,
    typer.Option(help="Look there instead of in AWS.", envvar="AWS_ENDPOINT_URL"),
]
_Stack = Annotated[str, typer.Option(help="The stack's name.")]
_Home = Annotated[
    Path, typer.Option(help="Folder of local mode; when it is up, it is what is looked at.")
]


@app.command()
def deploy(
    bucket: Annotated[
        str | None, typer.Option(help="The new bucket; a stack that is there has its own.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A template parameter, KEY=VALUE; repeat for more. They stay."),
    ] = None,
    template: Annotated[Path, typer.Option(help="The template, which make package builds.")] = Path(
        "dist/codefree.yaml"
    ),
    profile: _Profile = None,
    region: _Region = None,
    endpoint_url: _Endpoint = None,
    stack_name: _Stack = _STACK,
    home: _Home = _HOME,
) -> None:
    """Deploy Codefree, or change what is deployed. Data and running executions stay."""
    if not template.is_file():
        fail(f"There is no file {template}. Build it first, with: make package")
    wanted = dict(key_and_value(text) for text in param or [])
    if bucket:
        wanted["BucketName"] = bucket
    with _account(profile, region, endpoint_url, home) as account:
        deployment = _deployment(account, stack_name)
        made = deployment.deploy(template.read_text(), wanted, _show)
        if made is None:
            console.print(f"The stack {stack_name} is so already: nothing was changed.")
            return
        console.print(
            f"The stack {stack_name} is ready {account.place}.\n"
            f"  Upload NAME_train.csv and NAME_test.csv to {made.outputs['UploadTo']}\n"
            f"  Find the results in {made.outputs['Results']}\n"
            f"  Watch: codefree status{_options(account, home, stack_name)}",
            soft_wrap=True,
            markup=False,
        )


@app.command()
def destroy(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    profile: _Profile = None,
    region: _Region = None,
    endpoint_url: _Endpoint = None,
    stack_name: _Stack = _STACK,
    home: _Home = _HOME,
) -> None:
    """Delete what is deployed. The data stays, unless the stack was told to delete it."""
    with _account(profile, region, endpoint_url, home) as account:
        deployment = _deployment(account, stack_name)
        found = deployment.now()
        if found is None:
            fail(f"There is no stack {stack_name} {account.place}. Say which with --stack-name.")
        bucket = found.parameters.get("BucketName", "")
        told = [f"The stack {stack_name} {account.place} is deleted."]
        if running := deployment.running():
            told.append(f"Running executions are stopped, and their jobs with them: {running}.")
        if found.parameters.get("DataRetention") == "Delete":
            told.append(f"All data, models and results in {bucket} are deleted for ever.")
        else:
            told.append(f"The bucket {bucket} stays, with all that is in it.")
        console.print(" ".join(told), soft_wrap=True, markup=False)
        if not yes:
            typer.confirm("Go on?", abort=True)
        deployment.stop_runs()
        deployment.destroy(_show)
        console.print(_left(found.parameters, bucket), soft_wrap=True, markup=False)


@app.command("status")
def show_status(
    profile: _Profile = None,
    region: _Region = None,
    endpoint_url: _Endpoint = None,
    stack_name: _Stack = _STACK,
    home: _Home = _HOME,
    most: Annotated[int, typer.Option(min=1, help="How many executions to look at.")] = 50,
    fix: Annotated[
        bool, typer.Option("--fix", help="Start the pairs that no run has handled.")
    ] = False,
) -> None:
    """Show the newest runs: where each is, and why it failed; and pairs that were not handled."""
    with _account(profile, region, endpoint_url, home) as account:
        states, machine = account.states, account.state_machine(stack_name)
        lost = _lost(account, stack_name, machine)
        if fix:
            started = [pair.dataset for pair in lost if start(states, machine, pair)]
            console.print(_started(started), soft_wrap=True, markup=False)
            lost = []
        runs = newest_runs(states, machine, most)
        if not runs and not lost:
            console.print(f"No run yet {account.place}.", soft_wrap=True)
            return
        options = _options(account, home, stack_name)
        console.print(runs_table(worth_showing(runs), lost, options))


@app.command()
def plan(
    train: Annotated[Path, typer.Argument(help="The CSV file to train on.")],
    test: Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")],
    target: Annotated[str, typer.Option(help="The column to predict.")] = "label",
    minutes: Annotated[float, typer.Option(help="How long AutoGluon may fit models.")] = 60,
    cost: Annotated[float, typer.Option(help="What the run may cost, in USD.")] = 1,
    preset: Annotated[str, typer.Option(help="Quality against time.")] = "best_quality",
    region: Annotated[str, typer.Option(help="The AWS region to run in.")] = "us-east-1",
    spot: Annotated[bool, typer.Option(help="Whether to use spare capacity.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(help="An AWS profile, to read today's prices and your quotas with."),
    ] = None,
) -> None:
    """Check a pair and show where it would run and what that would cost. Nothing is run."""
    # What reads tables takes a second to load, which the other commands need not wait for.
    from operate.plan import CannotPlan, Wish, checked, chosen, offered, unusable
    from operate.plan_view import candidates_table, findings_shown

    for path in (train, test):
        if not path.is_file():
            fail(f"There is no file {path}.")
    wish = Wish(target, minutes, cost, preset, spot)
    if refused := unusable(wish):
        fail(refused)
    check = checked(train, test, wish)
    console.print(findings_shown(check), soft_wrap=True)
    if check.errors:
        fail("The files can't be trained on yet: repair what is marked with ✗.")
    try:
        choice = chosen(check, wish, *offered(region, profile))
    except CannotPlan as error:
        fail(str(error))
    console.print(candidates_table(choice))


@app.command("rerun")
def rerun_run(
    name: _Name = None,
    profile: _Profile = None,
    region: _Region = None,
    endpoint_url: _Endpoint = None,
    stack_name: _Stack = _STACK,
    home: _Home = _HOME,
) -> None:
    """Rerun the newest failed run from the step that failed; finished steps are kept."""
    with _account(profile, region, endpoint_url, home) as account:
        runs = newest_runs(account.states, account.state_machine(stack_name), _LOOKED_AT)
        run = run_to_rerun(runs, name)
        rerun(account.states, run)
        kept = f" Kept: {', '.join(run.finished)}." if run.finished else ""
        console.print(
            f"{run.dataset} goes on from {run.state or 'its start'} (rerun {run.redrives + 1})."
            f"{kept}\n  {run.execution}\n"
            f"Watch it: codefree status{_options(account, home, stack_name)}",
            soft_wrap=True,
            markup=False,
        )


@app.command("stop")
def stop_run(
    name: _Name = None,
    profile: _Profile = None,
    region: _Region = None,
    endpoint_url: _Endpoint = None,
    stack_name: _Stack = _STACK,
    home: _Home = _HOME,
) -> None:
    """Stop a run and the job that it waits for."""
    with _account(profile, region, endpoint_url, home) as account:
        runs = newest_runs(account.states, account.state_machine(stack_name), _LOOKED_AT)
        run = run_to_stop(runs, name)
        stop(account.states, run)
        console.print(
            f"{run.dataset} is stopped in {run.state or 'its start'}, and its job with it.\n"
            f"  {run.execution}\n"
            f"Go on from there: codefree rerun {quote(run.dataset)}"
            f"{_options(account, home, stack_name)}",
            soft_wrap=True,
            markup=False,
        )


def _lost(account: Account, stack: str, machine: str) -> list[LostPair]:
    """The pairs that no run has handled; who may only see runs is told that they can't be seen."""
    s3, bucket = account.s3, account.bucket(stack)
    try:
        return lost_pairs(s3, account.states, bucket, machine, datetime.now(UTC))
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        console.print("Whether pairs were left out can't be told: it needs s3:ListBucket.")
        return []


def _started(datasets: list[str]) -> str:
    if not datasets:
        return "There is nothing to start: every pair was handled."
    return f"Started: {', '.join(datasets)}."


def fail(message: str) -> NoReturn:
    """Ends the command with ``message``."""
    _errors.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def key_and_value(text: str) -> tuple[str, str]:
    """The two sides of KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        fail(f"--param takes KEY=VALUE, not {text!r}.")
    return key, value


def _deployment(account: Account, stack: str) -> Deployment:
    return Deployment(stack, account.cloudformation, account.s3, account.states)


def _show(event: StackEvent) -> None:
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


def _left(parameters: dict[str, str], bucket: str) -> str:
    """What is still there, and how to be rid of it."""
    if parameters.get("DataRetention") == "Delete":
        return "Nothing is left that costs money."
    has_key = parameters.get("OwnKey") == "true"
    key = " Its key stays too, for it can't be read without it." if has_key else ""
    return (
        f"What is left is the bucket {bucket}, which costs what S3 takes for your files.{key} To "
        f"remove it too: empty it in the S3 console (all versions), then aws s3 rb s3://{bucket}"
    )


@contextmanager
def _account(
    profile: str | None, region: str | None, endpoint: str | None, home: Path
) -> Iterator[Account]:
    """The account that the options mean; local mode when nothing else is said and it is up."""
    if not (profile or region or endpoint):
        endpoint = endpoint_of(home)
    account = Account(profile, region, endpoint)
    try:
        with explained(account):
            yield account
    except CannotDo as reason:
        fail(str(reason))


def _options(account: Account, home: Path, stack: str) -> str:
    """What has to be said again so that the next command means the same stack."""
    if account.endpoint and account.endpoint == endpoint_of(home):
        place = "" if home == _HOME else f" --home {home}"
    else:
        place = account.cli_options
    return place + (f" --stack-name {stack}" if stack != _STACK else "")
