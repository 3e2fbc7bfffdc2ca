"""``codefree plan``: what a run of a pair would be, without running it."""

from typing import Annotated, cast

import typer

from lambdas.settings.setting import PRESETS
from lambdas.wish import WantedType, Wish, current_preset
from operate.pair_files import require_pair
from operate.pair_options import (
    Minutes,
    MissingLabels,
    PositiveClass,
    Preset,
    ProblemType,
    Target,
    TestFile,
    TrainFile,
    unusable,
)
from operate.regions import REGIONS
from operate.terminal import console, end_unread, fail, told_in_sentences

# What can be planned needs a GPU, which no stack has.
_GPU_PRESETS = ("extreme_quality",)


def plan(
    train: TrainFile,
    test: TestFile,
    target: Target = "label",
    problem_type: ProblemType = "auto",
    positive_class: PositiveClass = "auto",
    missing_labels: MissingLabels = "auto",
    minutes: Minutes = 60,
    cost: Annotated[float, typer.Option(help="The most the run may cost, in USD.")] = 1,
    preset: Preset = "best_quality",
    region: Annotated[str, typer.Option(help="The AWS region to run in.")] = "us-east-1",
    spot: Annotated[bool, typer.Option(help="Train on spot capacity.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(help="An AWS profile to read current prices and your quotas with."),
    ] = None,
) -> None:
    """Check a pair and show its instance type and cost. Runs nothing."""
    require_pair(train, test)
    wish = Wish(
        target=target,
        problem_type=cast(WantedType, problem_type),
        eval_metric="auto",
        presets=current_preset(preset),
        minutes=minutes,
        cost=cost,
        spot=spot,
        positive_class=positive_class,
        missing_labels=missing_labels,
    )
    if refused := unusable(wish, (*PRESETS, *_GPU_PRESETS)):
        fail(refused)
    if region not in REGIONS:
        fail(f"--region can't be {region!r}. Choose one of {', '.join(REGIONS)}.")
    # What reads tables takes a second to load, which what is refused need not wait for.
    from operate.plan import CannotPlan, check_files, chosen, offered
    from operate.plan_view import candidates_table, findings_shown

    check = check_files(train, test, wish)
    told_in_sentences(findings_shown(check))
    if check.errors:
        fail("These files can't be used for training yet. Fix the findings marked with ✗.")
    try:
        choice = chosen(check, wish, *offered(region, profile))
    except CannotPlan as error:
        fail(str(error))
    console.print(candidates_table(choice))
    end_unread()
