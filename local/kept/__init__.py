"""What stays: what local mode holds, kept in its home folder through every stop, kill and restart.

``attach`` comes before the server starts, ``resume`` when the stack is deployed again.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.jobs import Jobs
from local.kept import together
from local.kept.buckets import KeptBuckets
from local.kept.database import Database
from local.kept.due_events import DueEvents
from local.kept.executions import KeptExecutions
from local.kept.jobs import KeptJobs
from local.kept.objects import KeptObjects
from local.kept.records import KeptRecords
from local.kept.room import Room

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Kept:
    """All that is kept in ``home``."""

    def __init__(self, home: Path, jobs: Jobs, hosting: Hosting) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        together.look_at(home)
        self._database = Database(home)
        together.mark(home, self._database)
        self._buckets = KeptBuckets(self._database)
        self._objects = KeptObjects(self._database, home)
        self._executions = KeptExecutions(self._database)
        self._jobs = KeptJobs(self._database, jobs)
        self._records = KeptRecords(self._database, hosting)
        self._due_events = DueEvents(self._database, self._objects, self._executions)

    def attach(self) -> None:
        """Makes everything be kept from now on, and takes up all but what needs the stack."""
        self._buckets.attach()
        self._objects.attach()
        self._executions.attach()
        self._due_events.attach()
        self._jobs.attach()
        self._records.attach()
        self._buckets.restore()
        self._objects.restore()
        self._jobs.restore()
        self._records.restore()

    def resume(self) -> None:
        """Takes up the executions and endpoints, and delivers the events that are due."""
        self._executions.restore()
        self._records.resume()
        self._due_events.deliver_all()

    def keep_last(self, most: int, s3: "S3Client", bucket: str, state_machine: str) -> int:
        """Removes all runs but the ``most`` newest; returns how many that were."""
        from local.kept.old_runs import OldRuns  # slow to load, and needed here alone

        old = OldRuns(self._home, s3, bucket, self._executions, self._jobs)
        return old.remove_all_but(most, self._executions.of(state_machine))

    def freeze(self) -> None:
        """Keeps uploads alone: what runs now is being ended, and will be told as interrupted."""
        self._executions.freeze()
        self._jobs.freeze()
        self._records.freeze()

    @property
    def room(self) -> Room:
        """The room on the home's disk."""
        return self._objects.room

    @property
    def unclaimed(self) -> int:
        """How many files of bytes the start has found that no object's row knows of."""
        return self._objects.unclaimed

    def parameters(self) -> dict[str, str]:
        """What the stack was deployed with."""
        return dict(self._database.rows("SELECT name, value FROM parameters"))

    def keep_parameters(self, parameters: dict[str, str]) -> None:
        """Keeps what the stack is deployed with now."""
        with self._database.writing() as tables:
            tables.executemany(
                "INSERT OR REPLACE INTO parameters VALUES (?, ?)", parameters.items()
            )
