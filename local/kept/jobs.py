"""SageMaker jobs that outlive the process; those that it was running have failed.

What a job was asked for is in the database alone once the job has ended: of thousands of jobs it is
too much for the memory.
"""

import contextlib
import json
import os
import signal

import psutil

from local.gaps.sagemaker.jobs import Jobs
from local.jobs.job import ENDED, EndedJob, Job
from local.kept.database import Database
from local.kept.json_times import as_json, with_times
from local.kept.room import wait_for_room

_FIELDS = (
    "kind",
    "request",
    "model",
    "arn",
    "status",
    "secondary_status",
    "failure_reason",
    "exit_message",
    "started",
    "ended",
    "metrics",
    "created",
    "modified",
    "transitions",
    "process",
)


class KeptJobs:
    """Writes down every change of a job."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs
        self._frozen = False

    def attach(self) -> None:
        """Makes new jobs be kept."""
        self._jobs.changed = self._keep

    def freeze(self) -> None:
        """Keeps nothing more: what is still running counts as interrupted from here on."""
        self._frozen = True

    def restore(self) -> None:
        """Takes the jobs in; one that had not ended is ended, with what may be left of it."""
        for (kept,) in self._database.rows("SELECT job FROM jobs ORDER BY created"):
            job = self._made_of(kept)
            if job.status in ENDED:
                self._jobs.add(EndedJob.of(job, self._read))
            else:
                _kill(job.process)
                job.end("Failed", "Failed", "InternalServerError: Local mode ended during the job.")

    def named_like(self, prefix: str) -> tuple[Job | EndedJob, ...]:
        """The jobs whose names begin with ``prefix``."""
        return self._jobs.named_like(prefix)

    def remove(self, job: Job | EndedJob) -> None:
        """Forgets a job that has ended."""
        self._jobs.remove(job)
        with self._database.writing() as tables:
            tables.execute("DELETE FROM jobs WHERE arn = ?", [job.arn])

    def _keep(self, job: Job) -> None:
        fields = {name: getattr(job, name) for name in _FIELDS}
        row = [job.arn, job.created.isoformat(), json.dumps(fields, default=as_json)]

        def write() -> None:
            with self._database.writing() as tables:
                tables.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?)", row)

        wait_for_room(write, give_up=lambda: self._frozen)
        if job.status in ENDED and not self._frozen:  # else the end of it may not be written down
            self._jobs.add(EndedJob.of(job, self._read))

    def _read(self, arn: str) -> Job:
        [(kept,)] = self._database.rows("SELECT job FROM jobs WHERE arn = ?", arn)
        return self._made_of(kept)

    def _made_of(self, kept: str) -> Job:
        return Job(**json.loads(kept, object_hook=with_times), changed=self._keep)


def _kill(process: list[float] | tuple[int, float] | None) -> None:
    """Ends the process of a job whose local mode was killed, if it is that process still."""
    if process is None:
        return
    pid, began = process
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        if psutil.Process(int(pid)).create_time() == began:
            os.killpg(int(pid), signal.SIGKILL)
