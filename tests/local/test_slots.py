"""Whose turn it is, where more jobs are to run than may."""

import threading

import pytest

from local.jobs.job import Job
from local.jobs.slots import Slots


@pytest.fixture
def jobs() -> list[Job]:
    return [Job("Training", f"arn:{number}", request={}) for number in range(3)]


def took(slots: Slots, job: Job, turns: threading.Semaphore) -> None:
    if slots.take(job):
        turns.release()


def test_fewer_slots_are_kept_to_although_more_are_taken(jobs: list[Job]) -> None:
    slots, turns = Slots(1), threading.Semaphore(0)
    slots.add(1)
    assert slots.take(jobs[0]) and slots.take(jobs[1])
    slots.add(-1)
    threading.Thread(target=took, args=[slots, jobs[2], turns], daemon=True).start()
    assert not turns.acquire(timeout=0.2), "two run, and one may"
    slots.give_back()
    assert not turns.acquire(timeout=0.2), "one runs, and one may"
    slots.give_back()
    assert turns.acquire(timeout=600)


def test_more_slots_are_for_those_who_wait_already(jobs: list[Job]) -> None:
    slots, turns = Slots(1), threading.Semaphore(0)
    assert slots.take(jobs[0])
    threading.Thread(target=took, args=[slots, jobs[1], turns], daemon=True).start()
    assert not turns.acquire(timeout=0.2)
    slots.add(1)
    assert turns.acquire(timeout=600)
