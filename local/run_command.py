"""``codefree run``: one pair trained and evaluated on this machine."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lambdas.wish import WantedType, Wish
from local.session import HOME, HomeFolder, local_aws, written_for_the_person
from operate.pair_options import (
    Minutes,
    PositiveClass,
    Preset,
    ProblemType,
    Target,
    TestFile,
    TrainFile,
    require_files,
)
from operate.terminal import console, fail, told

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.stack import Stack


def run(
    train: TrainFile,
    test: TestFile,
    target: Target = "label",
    problem_type: ProblemType = "auto",
    positive_class: PositiveClass = "auto",
    minutes: Minutes = 1,
    cost: Annotated[float, typer.Option(help="The most the run may cost on AWS, in USD.")] = 1,
    metric: Annotated[str, typer.Option(help="The metric to optimize.")] = "auto",
    preset: Preset = "medium_quality",
    out: Annotated[Path, typer.Option(help="The folder to copy the results to.")] = Path("results"),
    home: HomeFolder = HOME,
) -> None:
    """Train and evaluate on this machine, with the template that runs on AWS."""
    require_files(train, test)
    wish = Wish(
        target=target,
        problem_type=cast(WantedType, problem_type),
        eval_metric=metric,
        presets=preset,
        minutes=minutes,
        cost=cost,
        spot=False,
        positive_class=positive_class,
    )
    # What imitates AWS takes seconds to load, and the other commands need not wait for it.
    from local.run import RunFailed, copied_results, upload, watched_output
    from operate.run_view import RunView, paths_shown, scores_table

    with local_aws(home, 0, wish.as_parameters()) as (aws, stack), _stopping_executions(aws, stack):
        name = _dataset_name(train)
        upload(aws, stack, name, train, test)
        try:
            with RunView(console) as view:
                summary = json.loads(watched_output(aws, stack, view))
        except RunFailed as failure:
            with written_for_the_person(out, str(failure)):
                kept = [f"  {path}" for path in copied_results(aws, stack, name, out)]
            fail("\n".join([str(failure), f"The logs are in {home / 'logs'}.", *kept]))
        with written_for_the_person(out):
            files = copied_results(aws, stack, name, out)
    for warning in summary["Check"]["Warnings"]:
        told(f"  Warning: {warning}")
    metrics = summary["Metrics"]
    for note in metrics["notes"]:
        told(f"  Note: {note}")
    if metrics["metrics"]:
        console.print(scores_table(metrics))
    console.print(f"  {summary['Cost']['Text']}", style="dim", soft_wrap=True)
    console.print(paths_shown(files), soft_wrap=True)


@contextlib.contextmanager
def _stopping_executions(aws: "LocalAws", stack: "Stack") -> Iterator[None]:
    from local.run import stop_executions

    try:
        yield
    except KeyboardInterrupt:
        stop_executions(aws, stack)
        fail("Stopped. Running jobs were ended.")


def _dataset_name(train: Path) -> str:
    return train.name.removesuffix(".gz").removesuffix(".csv").removesuffix("_train") or "data"
