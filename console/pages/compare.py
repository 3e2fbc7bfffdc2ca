"""Two or more runs of a dataset beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console import model_words, run_comparison
from console.live.events import live_events
from console.page import fragment, page
from console.paging import Paging, page_asked
from operate.language import spoken_language
from operate.models.dataset_models import dataset_models, datasets_with_models
from operate.runs.finished_run import FinishedRun, finished_runs
from operate.runs.paired_comparison import PairedComparison, PairedComparisons

_SELDOM = 3600.0
_COMPARISONS = PairedComparisons()


def compare(request: Request) -> Response:
    """The comparison, or what there is to choose from."""
    place = request.app.state.place
    names = _names(request)
    if not names:
        return _choice(request, request.query_params.get("dataset", ""), [])
    runs = finished_runs(place, names)
    if len(runs) == 1:
        return _choice(request, runs[0].dataset, names)
    if len({run.dataset for run in runs}) > 1:
        return page(request, "compare_other.html", runs=runs)
    return _comparison(request, runs)


def compare_events(request: Request) -> Response:
    """The part that compares row by row, as soon as that is done."""
    place = request.app.state.place
    names = _names(request)
    if len(names) < 2:
        raise HTTPException(404)
    runs = finished_runs(place, names)
    metric = _metric(request, runs)

    def read() -> list[PairedComparison]:
        first, *others = runs
        return _COMPARISONS.made(place, first, others, metric)

    def fragments(made: list[PairedComparison]) -> Mapping[str, str]:
        return {"paired": fragment("compare_paired.html", **_paired(runs, made))}

    subject = f"compare {spoken_language()} {metric} {' '.join(names)}"
    return live_events(request, subject, read, fragments, _SELDOM)


def _comparison(request: Request, runs: list[FinishedRun]) -> Response:
    place = request.app.state.place
    metric, (first, *others) = _metric(request, runs), runs
    is_without_script = "now" in request.query_params
    compared = _COMPARISONS.made if is_without_script else _COMPARISONS.known
    made = compared(place, first, others, metric)
    named = run_comparison.named(runs)
    different, same = run_comparison.settings(runs)
    asked = [("run", run.execution) for run in runs]
    return page(
        request,
        "compare.html",
        runs=named,
        dataset=first.dataset,
        metric=metric,
        metrics=run_comparison.common_metrics(runs),
        scores=run_comparison.scores(runs, metric),
        plot=run_comparison.score_plot(named, metric),
        different=different,
        same=same,
        importance=run_comparison.importance(runs),
        words=model_words,
        asked=urlencode([*asked, ("metric", metric)]),
        is_whole=None not in made,
        first_is={one.letter: _address([one.run, *runs], metric) for one in named[1:]},
        **_paired(runs, made),
    )


def _paired(runs: list[FinishedRun], made: Sequence[PairedComparison | None]) -> dict[str, Any]:
    named = run_comparison.named(runs)
    lines = run_comparison.paired_lines(named, made)
    return {"lines": lines, "differences": run_comparison.difference_plot(lines, named[0].letter)}


def _choice(request: Request, dataset: str, chosen: list[str]) -> Response:
    place, asked = request.app.state.place, page_asked(request)
    if not dataset:
        found = datasets_with_models(place, asked)
        paging = Paging(asked, found.has_more)
        return page(request, "compare_datasets.html", found=found, paging=paging)
    models = dataset_models(place, dataset, asked)
    return page(
        request,
        "compare_choice.html",
        found=models,
        chosen=chosen,
        words=model_words,
        most=run_comparison.MOST,
        paging=Paging(asked, models.has_older),
    )


def _names(request: Request) -> list[str]:
    """The executions that are asked for, each once, as many as are compared at the most."""
    return list(dict.fromkeys(request.query_params.getlist("run")))[: run_comparison.MOST]


def _metric(request: Request, runs: list[FinishedRun]) -> str:
    """The metric to compare by: the one that is asked for, if all runs have it."""
    common, asked = run_comparison.common_metrics(runs), request.query_params.get("metric", "")
    return asked if asked in common else next(iter(common), runs[0].metric)


def _address(runs: list[FinishedRun], metric: str) -> str:
    names = dict.fromkeys(run.execution for run in runs)
    return "/compare?" + urlencode([*(("run", name) for name in names), ("metric", metric)])


ROUTES = [Route("/compare", compare), Route("/compare/events", compare_events)]
