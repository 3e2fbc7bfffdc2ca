"""``codefree run``: one dataset trained and evaluated on this machine."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.text import Text

from lambdas.language import spoken_in
from lambdas.settings.chosen import Chosen
from lambdas.settings.setting import SETTINGS
from lambdas.settings.settings_text import Written
from lambdas.wish import Wish
from local.session import HOME, HomeFolder, local_aws, written_for_the_person
from operate.language import spoken
from operate.loading import loading
from operate.pair_files import checking, dataset_name, require_files
from operate.pair_options import TestFile, TrainFile
from operate.settings_options import chosen_or_fail, with_settings
from operate.terminal import console, end_unread, fail, told, told_in_sentences
from operate.upload import Files
from operate.visible_text import shown

if TYPE_CHECKING:
    from lambdas.check.pair_check import PairCheck
    from local.aws import LocalAws
    from local.run import RunFailed
    from local.stack import Stack

# Which one local mode imitates; a test holds it against local/aws.py, which takes long to load.
_REGION = "us-east-1"
# Each of a pair's files starts a check, and people wait for what comes then.
_STEPS = ("CheckPair", "PickInstance", "ReserveBudget", "SealModel", "Publish")
_DEFAULTS = Wish("label", "auto", "auto", "medium_quality", minutes=1, cost=1, spot=False)


@with_settings(_DEFAULTS, without=["spot"])
def run(
    settings: list[Written],
    train: TrainFile,
    test: TestFile = None,
    out: Annotated[Path, typer.Option(help="The folder to copy the results to.")] = Path("results"),
    home: HomeFolder = HOME,
) -> None:
    """Train and evaluate on this machine, with the template that runs on AWS."""
    require_files(train, test)
    asked = chosen_or_fail(_DEFAULTS, settings)
    name = dataset_name(train, test)
    told(checking(train, test))
    check = _passed_check(train, test, asked, out / name)

    # What imitates AWS takes a while to load, and what can be said before is said before.
    told(spoken("  Starting the local imitation of AWS ..."))
    with (
        local_aws(home, 0, asked.wish.as_parameters(), soon_invoked=_STEPS) as (aws, stack),
        _stopping_executions(aws, stack),
    ):
        from local.run import NotStarted, RunFailed, copied_results, upload, watched_output
        from operate.run_view import RunView, paths_shown, scores_table

        upload(aws, stack, name, Files(train, test, _of_dataset(settings)))
        try:
            with RunView(console) as view:
                summary = json.loads(watched_output(aws, stack, view))
        except NotStarted as reason:
            fail(f"{reason} {_where_logs_are(home)}")
        except RunFailed as failed:
            with spoken_in(asked.wish.language):  # as the run, whatever the command speaks
                _end_as_failed(aws, stack, failed, name, out, home)
        with written_for_the_person(out):
            files = copied_results(aws, stack, name, out)
            _write_check_page(check, name, out / name / summary["Run"])
    for note in summary["Metrics"]["notes"]:
        told_in_sentences(spoken("  Note: {note}", note=note))
    if summary["Metrics"]["metrics"]:
        console.print(scores_table(summary["Metrics"]))
    told_in_sentences(Text(f"  {summary['Cost']['Text']}", style="dim"))
    # Training code of one's own may tell no result.
    if headline := summary["Metrics"].get("headline"):
        told_in_sentences(f"  {headline}")
    console.print(paths_shown(summary, files, out), soft_wrap=True)
    end_unread()


def _of_dataset(settings: list[Written]) -> list[Written]:
    """Those settings that the stack is not made with, and the target, which else might be replaced
    by the column that the test file lacks."""
    with_parameter = {setting.name for setting in SETTINGS if setting.parameter} - {"target"}
    return [written for written in settings if written.name not in with_parameter]


def _passed_check(train: Path, test: Path | None, asked: Chosen, folder: Path) -> "PairCheck":
    """The check of the files, told at once; ends the command where they can't be trained on, or
    not within the budget."""
    # What reads tables takes a while to load, which what is refused need not wait for.
    with loading():
        from operate.plan import CannotPlan, check_files, choice_for, offered
        from operate.plan_view import findings_shown

    check = check_files(train, test, asked)
    told_in_sentences(findings_shown(check))
    if check.errors:
        here = folder / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        why = spoken(
            "These files can't be used for training yet, so nothing was started. Fix the findings "
            "marked with ✗ and run the command again."
        )
        with written_for_the_person(folder.parent, why):
            page = _write_check_page(check, folder.name, here)
        on_a_page = spoken("The findings on a page: {path}", path=shown(str(page)))
        fail(f"{why}\n{on_a_page}")
    try:
        choice_for(check, asked.wish, *offered(_REGION, None))
    except CannotPlan as error:
        fail(str(error))
    return check


def _write_check_page(check: "PairCheck", name: str, folder: Path) -> Path:
    """Writes check.html into ``folder``, in the words of the command line."""
    from lambdas.check.check_report import check_page

    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "check.html"
    page.write_text(check_page(name, check), encoding="utf-8")
    return page


def _end_as_failed(
    aws: "LocalAws", stack: "Stack", failed: "RunFailed", name: str, out: Path, home: Path
) -> NoReturn:
    """Copies what the run has left, writes why it failed, and ends the command with that."""
    from local.run import copied_results, reason_here, write_failure_page

    reason = reason_here(aws, stack, failed, out)
    with written_for_the_person(out, reason):
        copied_results(aws, stack, name, out)
        page = write_failure_page(aws, stack, failed, name, out)
    on_a_page = spoken("The reason on a page: {path}", path=shown(str(page)))
    fail(f"{reason}\n{on_a_page}\n{_where_logs_are(home)}")


def _where_logs_are(home: Path) -> str:
    return spoken("The logs are in {folder}.", folder=home / "logs")


@contextlib.contextmanager
def _stopping_executions(aws: "LocalAws", stack: "Stack") -> Iterator[None]:
    from local.run import stop_executions

    try:
        yield
    except KeyboardInterrupt:
        stop_executions(aws, stack)
        fail(spoken("Stopped. Running jobs were ended."))
