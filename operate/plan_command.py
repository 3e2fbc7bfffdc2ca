"""``codefree plan``: what a run of a dataset would be, without running it."""

from dataclasses import replace
from typing import Annotated

import typer

from lambdas.settings.chosen import Chosen
from lambdas.settings.settings_text import Written
from lambdas.wish import Wish
from operate.language import spoken
from operate.loading import loading
from operate.pair_files import checking, require_files
from operate.pair_options import TestFile, TrainFile
from operate.regions import REGIONS
from operate.settings_options import chosen_or_fail, with_settings
from operate.terminal import console, end_unread, fail, told, told_in_sentences

_DEFAULTS = Wish("label", "auto", "auto", "best_quality", minutes=60, cost=1, spot=False)
# What can be planned needs a GPU, which no stack has.
_GPU_PRESET = "extreme_quality"


@with_settings(_DEFAULTS)
def plan(
    settings: list[Written],
    train: TrainFile,
    test: TestFile = None,
    region: Annotated[str, typer.Option(help="The AWS region to run in.")] = "us-east-1",
    profile: Annotated[
        str | None,
        typer.Option(help="An AWS profile to read current prices and your quotas with."),
    ] = None,
) -> None:
    """Check one file or a pair and show its instance type and cost. Runs nothing."""
    require_files(train, test)
    asked = _planned(settings)
    if region not in REGIONS:
        fail(
            spoken(
                "--region can't be {region}. Choose one of {regions}.",
                region=repr(region),
                regions=", ".join(REGIONS),
            )
        )
    told(checking(train, test))
    # What reads tables takes a while to load, which what is refused need not wait for.
    with loading():
        from operate.plan import CannotPlan, check_files, choice_for, offered
        from operate.plan_view import candidates_table, findings_shown

    check = check_files(train, test, asked)
    told_in_sentences(findings_shown(check))
    if check.errors:
        fail(spoken("These files can't be used for training yet. Fix the findings marked with ✗."))
    try:
        choice = choice_for(check, asked.wish, *offered(region, profile))
    except CannotPlan as error:
        fail(str(error))
    console.print(candidates_table(choice))
    end_unread()


def _planned(settings: list[Written]) -> Chosen:
    """What was chosen; a preset that no stack offers can be planned, too."""
    offered = [s for s in settings if (s.name, s.value) != ("preset", _GPU_PRESET)]
    asked = chosen_or_fail(_DEFAULTS, offered)
    if offered == settings:
        return asked
    return replace(asked, wish=replace(asked.wish, presets=_GPU_PRESET))
