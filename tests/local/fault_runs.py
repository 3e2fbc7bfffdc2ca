"""Running the cases of a fault table, all that were asked for at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from local import waits
from local.aws import LocalAws
from local.faults import Fault
from tests.local.fault_cases import RECOVERED

_Outcome = TypeVar("_Outcome")
_AT_ONCE = 8


@contextmanager
def all_run(
    aws: LocalAws, wanted: list[int], outcome: Callable[[int], _Outcome]
) -> Iterator[Callable[[int], _Outcome]]:
    """Has the ``outcome`` of each wanted case made, with the state machine's pauses shortened, and
    yields what waits for the one of a number."""
    waits.shorten_to(0.01)
    with aws.jobs.more_slots(3):
        pool = ThreadPoolExecutor(_AT_ONCE)
        begun = {number: pool.submit(outcome, number) for number in wanted}
        yield lambda number: begun[number].result()
        pool.shutdown(cancel_futures=True)
    waits.shorten_to(1)


def asked_for(request: pytest.FixtureRequest, test: Callable[..., Any]) -> list[int]:
    """The numbers of the cases that this session runs the ``test`` with."""
    return [
        int(str(item.callspec.params["number"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test.__name__
    ]


def about(fault: Fault, name: str) -> Fault:
    """The fault, where it is about this name."""
    return type(fault)(**vars(fault) | {"about": name})


def once(entered: list[str]) -> list[str]:
    """What was entered, without the further looks at a job that Recover waits for."""
    return [
        state
        for i, state in enumerate(entered)
        if not (state in RECOVERED and entered[i + 1 : i + 2] == [state])
    ]
