"""``codefree status``, ``rerun`` and ``stop``: the stack's runs."""

from datetime import UTC, datetime
from shlex import quote
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.text import Text

from lambdas.bucket.bucket import Bucket
from lambdas.errors import UploadMisnamed
from lambdas.predictions.lost_rows import UntakenRows, find_lost_rows, start_rows
from lambdas.runs.waiting_runs import WaitingRun, leave_line, list_places, read_waiting_run
from lambdas.uploads.dataset import normal_name
from lambdas.uploads.lost_pairs import LostPair, find_lost_pairs, start_lost_pair
from operate.account import DENIED, CannotDo
from operate.error_answer import error_answer
from operate.indented import Indented
from operate.language import spoken, to_speak
from operate.language_option import in_language
from operate.place import Place, in_place
from operate.runs import steering
from operate.runs.runs import Run, newest_of_all, worth_showing
from operate.runs_table import runs_table
from operate.serving.endpoint_list import listed_endpoints
from operate.stack.unused_uploads import UnusedUpload, find_unused_uploads
from operate.terminal import console, told
from operate.visible_text import shown

# Among so many executions a name is looked for; a pair makes two.
_LOOKED_AT = 200
_MOST_NAMED = 5
_MOST_LISTED = 20
_LINE = to_speak("Waiting for room within the stack's limits, in this order: {names}.")
_LONG_LINE = to_speak(
    "Waiting for room within the stack's limits, in this order: {names} and others."
)
_STOPPED = to_speak("Stopped {dataset}, and its job.")
_STOPPED_AT = to_speak("Stopped {dataset} in {state}, and its job.")

_Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME|EXECUTION", help="The dataset's name, or an execution."),
]


@in_language
@in_place
def status(
    place: Place,
    most: Annotated[int, typer.Option(min=1, help="How many executions to read.")] = 50,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Start pairs and files of new rows that nothing has handled."),
    ] = False,
) -> None:
    """Show the newest runs and why they failed, uploads without a run, and endpoints."""
    states, lost, unused = place.account.states, _lost(place), _unused(place)
    rows = _lost_rows(place)
    if fix:
        started = [p.dataset for p in lost if start_lost_pair(states, place.state_machine, p)]
        started += [
            f"{each.file.dataset}/{each.file.file_name}"
            for each in rows
            if start_rows(states, str(place.prediction_machine), each)
        ]
        told(_started(started))
        lost, rows = [], []
    runs = worth_showing(newest_of_all(states, place.state_machines, most))
    if unused is not None:  # what is misnamed stands among them as long as it is there
        runs = [r for r in runs if r.is_prediction or r.error != UploadMisnamed.__name__]
    if runs or lost or rows:
        console.print(runs_table(runs, lost, place.options, rows), soft_wrap=True)
    else:
        told(spoken("No runs yet {place}.", place=place.account.place))
    _tell_unused(unused or [])
    if line := _line(place, _MOST_NAMED + 1):
        names = ", ".join(shown(waiting.pair.name) for waiting in line[:_MOST_NAMED])
        told(spoken(_LONG_LINE if len(line) > _MOST_NAMED else _LINE, names=names))
    _tell_endpoints(place)


@in_language
@in_place
def rerun(place: Place, name: _Name = None) -> None:
    """Rerun the newest failed run from the failed step. Finished steps are kept."""
    run = steering.run_to_rerun(_runs(place), name)
    steering.rerun(place.account.states, run)
    continues = [
        spoken(
            "{dataset} continues from {state} (rerun {number}).",
            dataset=shown(run.dataset),
            state=run.state or spoken("the start"),
            number=run.redrives + 1,
        )
    ]
    if run.finished:
        continues.append(spoken("Kept: {steps}.", steps=", ".join(run.finished)))
    watch = spoken("Watch it: codefree status{options}", options=place.options)
    told(f"{' '.join(continues)}\n  {run.execution}\n{watch}")


@in_language
@in_place
def stop(place: Place, name: _Name = None) -> None:
    """Stop a run and its job, or remove it from the waiting runs."""
    try:
        run = steering.run_to_stop(_runs(place), name)
    except CannotDo:
        called = [
            waiting
            for waiting in _line(place, _LOOKED_AT)
            if name and waiting.pair.name == normal_name(name)
        ]
        if not called:
            raise
        for waiting in called:
            leave_line(_bucket(place), waiting.since)
        told(
            spoken(
                "{dataset} no longer waits and will not start. Upload it again to run it.",
                dataset=shown(str(name)),
            )
        )
        return
    steering.stop(place.account.states, run)
    stopped = spoken(
        _STOPPED_AT if run.state else _STOPPED, dataset=shown(run.dataset), state=run.state
    )
    way_on = spoken(
        "Continue from there: codefree rerun {name}{options}",
        name=quote(run.typed_name),
        options=place.options,
    )
    told(f"{stopped}\n  {run.execution}\n{way_on}")


def _runs(place: Place) -> list[Run]:
    return newest_of_all(place.account.states, place.state_machines, _LOOKED_AT)


def _lost(place: Place) -> list[LostPair]:
    """The pairs that no run has handled; who may only see runs is told that they can't be seen."""
    try:
        return find_lost_pairs(
            _bucket(place), place.account.states, place.state_machine, datetime.now(UTC)
        )
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        told(spoken("Can't tell which uploads have no run: that requires s3:ListBucket."))
        return []


def _lost_rows(place: Place) -> list[UntakenRows]:
    """The files of new rows that nothing has seen; none for who may only see runs."""
    machine = place.prediction_machine
    try:
        bucket, states = _bucket(place), place.account.states
        return find_lost_rows(bucket, states, machine, datetime.now(UTC)) if machine else []
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        return []


def _unused(place: Place) -> list[UnusedUpload] | None:
    """The uploads that no run will use; None for who may only see runs."""
    try:
        return find_unused_uploads(_bucket(place))
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        return None


def _tell_unused(unused: list[UnusedUpload]) -> None:
    """Prints a line for each upload."""
    if not unused:
        return
    told("\n" + spoken("Uploads in data/ that no run uses:"))
    for upload in unused[:_MOST_LISTED]:
        console.print(Indented(Text(shown(upload.sentences)), by=2), soft_wrap=True)
    if (more := len(unused) - _MOST_LISTED) > 0:
        told(spoken("  and {more:,} {more:other|others}.", more=more))


def _tell_endpoints(place: Place) -> None:
    """Prints what each endpoint costs, and until when."""
    try:
        endpoints = listed_endpoints(place, datetime.now(UTC))
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        told(spoken("Can't tell which endpoints there are: that requires sagemaker:ListEndpoints."))
        return
    if endpoints:
        told("\n" + spoken("Endpoints:"))
    for endpoint in endpoints:
        console.print(Indented(Text(endpoint.sentences), by=2), soft_wrap=True)
        how = Indented(Text(endpoint.how, "bold"), by=4, is_command=True)
        console.print(how, soft_wrap=True)


def _line(place: Place, most: int) -> list[WaitingRun]:
    """The first runs in line."""
    bucket = _bucket(place)
    places = list_places(bucket, most)
    return [waiting for since in places if (waiting := read_waiting_run(bucket, since))]


def _bucket(place: Place) -> Bucket:
    return Bucket(place.account.bucket(place.stack), place.account.s3)


def _started(datasets: list[str]) -> str:
    if not datasets:
        return spoken("Nothing to start: every pair and every file of new rows was handled.")
    return spoken("Started: {datasets}.", datasets=", ".join(map(shown, datasets)))
