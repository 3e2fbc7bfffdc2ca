"""Which run is meant, and what is done to it: rerun from the step that failed, or stopped."""

import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from operate.account import CannotDo
from operate.error_answer import error_answer
from operate.language import spoken, to_speak
from operate.runs.runs import STOPPED_HERE, STOPPED_IN_CONSOLE, Run, run_of
from operate.visible_text import shown

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_TOLD = {
    "rerun": (
        to_speak("Nothing to rerun: no run has failed."),
        to_speak("Several runs have failed: {names}. Choose one: codefree rerun NAME"),
    ),
    "stop": (
        to_speak("Nothing to stop: no run is running."),
        to_speak("Several runs are running: {names}. Choose one: codefree stop NAME"),
    ),
}
_NO_EXECUTION = {"ExecutionDoesNotExist", "InvalidArn", "ValidationException"}
_NOT_TO_RERUN = to_speak("Nothing to rerun: {dataset} is {status}.")
_NOT_TO_RERUN_AT = to_speak("Nothing to rerun: {dataset} is {status} in {state}.")


def run_to_rerun(runs: list[Run], name: str | None) -> Run:
    """The newest failed run called ``name``; without a name, the one that there is.

    Raises:
        CannotDo: nothing has failed, or several have.
    """
    if not name:
        return _only_one([r for r in _newest_of_each(runs) if r.can_be_rerun], "rerun")
    called = _called(runs, name)
    for run in called:
        if run.can_be_rerun:
            return run
    newest = called[0]
    raise CannotDo(
        spoken(
            _NOT_TO_RERUN_AT if newest.state else _NOT_TO_RERUN,
            dataset=shown(newest.dataset),
            status=newest.status,
            state=newest.state,
        )
    )


def run_to_stop(runs: list[Run], name: str | None) -> Run:
    """The running run called ``name``; without a name, the one that is running.

    Raises:
        CannotDo: nothing is running, or several are.
    """
    running = [run for run in (_called(runs, name) if name else runs) if run.is_running]
    if name and not running:
        raise CannotDo(spoken("Nothing to stop: {name} is not running.", name=name))
    return _only_one(running, "stop")


def rerun(states: "SFNClient", run: Run) -> None:
    """Redrives the run: it goes on from the state that failed, with the input that it had."""
    states.redrive_execution(executionArn=run.execution)


def stop(states: "SFNClient", run: Run) -> None:
    """Stops the execution; Step Functions stops the job that it waits for."""
    states.stop_execution(executionArn=run.execution, error="Stopped", cause=STOPPED_HERE)


def execution_called(states: "SFNClient", state_machines: list[str], name: str) -> Run | None:
    """The run of one of the ``state_machines`` whose execution has this name, if there is one."""
    for machine in state_machines:
        try:
            return run_of(states, f"{machine.replace(':stateMachine:', ':execution:')}:{name}")
        except ClientError as error:
            if error_answer(error).code not in _NO_EXECUTION:
                raise
    return None


def rerun_once(states: "SFNClient", run: Run, redrives: int) -> None:
    """Reruns the run that somebody has seen with so many ``redrives``, if nobody has done so since.

    Raises:
        CannotDo: it can't be rerun.
    """
    if run.redrives != redrives or run.is_running:
        return
    if not run.can_be_rerun:
        told = spoken(_NOT_TO_RERUN, dataset=shown(run.dataset), status=run.status)
        raise CannotDo(f"{told} {run.not_redrivable or run.why}")
    # Whoever asks for the same again within minutes is answered, and nothing is done.
    token = hashlib.sha256(f"{run.execution} {redrives}".encode()).hexdigest()
    try:
        states.redrive_execution(executionArn=run.execution, clientToken=token)
    except states.exceptions.ExecutionNotRedrivable:
        if run_of(states, run.execution).redrives == redrives:
            raise


def stop_once(states: "SFNClient", run: Run, redrives: int) -> None:
    """Stops the run that somebody has seen with so many ``redrives``, if it still runs."""
    if run.is_running and run.redrives == redrives:
        states.stop_execution(executionArn=run.execution, error="Stopped", cause=STOPPED_IN_CONSOLE)


def _called(runs: list[Run], name: str) -> list[Run]:
    """The runs that ``name`` means, those that did work first."""
    called = sorted((run for run in runs if run.is_called(name)), key=lambda run: not run.did_work)
    if not called:
        known = ", ".join(dict.fromkeys(shown(run.dataset) for run in runs)) or spoken("none")
        raise CannotDo(
            spoken(
                "None of the newest runs is of {name}. Their datasets: {known}.",
                name=name,
                known=known,
            )
        )
    return called


def _newest_of_each(runs: list[Run]) -> list[Run]:
    newest: dict[str, Run] = {}
    for run in runs:
        if run.did_work:
            newest.setdefault(run.dataset, run)
    return list(newest.values())


def _only_one(runs: list[Run], verb: str) -> Run:
    none, several = _TOLD[verb]
    if not runs:
        raise CannotDo(spoken(none))
    if len(runs) > 1:
        names = {shown(run.dataset) for run in runs}
        told = names if len(names) > 1 else {run.name or run.execution for run in runs}
        raise CannotDo(spoken(several, names=", ".join(sorted(told))))
    return runs[0]
