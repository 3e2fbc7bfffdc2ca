"""What the runner of jobs keeps of those that have ended."""

import weakref
from pathlib import Path

import pytest

from local.faults import Faults, JobFault
from local.jobs.job import Job
from local.jobs.runner import JobRunner
from tests.waiting import wait_until


@pytest.fixture
def runner(tmp_path: Path) -> JobRunner:
    """One whose only turn is taken, so that no job needs rights or clients."""
    rights = clients = None
    runner = JobRunner(tmp_path, rights, clients, Faults(), at_once=1)  # type: ignore[arg-type]
    runner._turns.add(-1)
    return runner


def of_training(runner: JobRunner) -> "weakref.ref[Job]":
    job = Job("Training", "arn:aws:sagemaker:us-east-1:123456789012:training-job/one", request={})
    runner.start(job)
    return weakref.ref(job)


def test_nothing_stays_of_a_job_that_no_machine_was_there_for(runner: JobRunner) -> None:
    runner._faults.plan([JobFault("", "Training", "no capacity")])
    job = of_training(runner)
    wait_until(lambda: job() is None)


def test_nothing_stays_of_a_job_that_was_stopped_before_its_turn(runner: JobRunner) -> None:
    job = of_training(runner)
    waiting = job()
    assert waiting
    runner.stop(waiting)
    del waiting
    wait_until(lambda: job() is None)
