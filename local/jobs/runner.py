"""Runs jobs: as many at once as the machine bears, the others wait their turn."""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError

from local.access.clients import RoleClients
from local.access.control import AccessControl, Denied, Session
from local.access.needs import needs_of_an_image
from local.disk import is_out_of_room, lacks_room, words_for
from local.faults import Faults, JobFault
from local.jobs.container import Container
from local.jobs.job import ENDED, Job
from local.jobs.log import JobLog
from local.jobs.program import Program
from local.jobs.running import exit_code
from local.jobs.script_mode import ErrorLines, ScriptMode
from local.jobs.slots import Slots
from local.jobs.struck import LOST, NO_CAPACITY, struck
from local.jobs.transform import Transform
from local.own_folder import own_folder

# AutoGluon's models use what cores there are; below four a second job only slows the first.
_CPUS_PER_JOB = 4
_GIB_PER_JOB = 8

# SageMaker sends SIGTERM and waits so long before SIGKILL (API reference, StopTrainingJob).
_GRACE_SECONDS = 120
_GRACE_SECONDS_AT_THE_END = 2

# What the description of a processing job says, whatever happened in it (held to by AWS's own
# sagemaker-spark-container, test_sagemaker_spark_errors.py).
_NO_REASON = "AlgorithmError: See job logs for more information"


class JobRunner:
    """Starts a thread for each job; the thread waits for a slot and then runs the job's process.

    ``at_once`` says how many that are where the machine should not be asked; ``faults`` what is
    to go wrong with which job.
    """

    def __init__(
        self,
        home: Path,
        access: AccessControl,
        clients: RoleClients,
        faults: Faults,
        at_once: int | None = None,
    ) -> None:
        self._home = home
        # Another local mode may work in the same home.
        self._folder = own_folder(home / "jobs")
        self._access = access
        self._clients = clients
        self._faults = faults
        cpus = os.cpu_count() or 1
        memory_gib = int(psutil.virtual_memory().total / 1024**3)
        self.slots = at_once or max(1, min(cpus // _CPUS_PER_JOB, memory_gib // _GIB_PER_JOB))
        self._cpus_each = max(1, cpus // self.slots)
        self._memory_each = max(1, memory_gib // self.slots)
        self._turns = Slots(self.slots)
        self.script_mode = ScriptMode()
        self._started: dict[str, tuple[Job, threading.Thread]] = {}
        self._grace_seconds = _GRACE_SECONDS

    @contextlib.contextmanager
    def more_slots(self, more: int) -> Iterator[None]:
        """Lets so many more jobs run at once, for jobs that are small."""
        self._turns.add(more)
        yield
        self._turns.add(-more)

    def start(self, job: Job) -> None:
        """Queues the job; returns at once."""
        thread = threading.Thread(target=self._run_in_turn, args=[job], name=job.name, daemon=True)
        self._started[job.arn] = (job, thread)
        thread.start()

    def stop(self, job: Job) -> None:
        """Asks the job to stop; it is Stopped once its process has ended."""
        if job.status not in ENDED:
            job.status = "Stopping"
            job.stop_wanted.set()
            self._turns.wake(job)

    def session(self, job: Job) -> Session:
        """The session in which the job works, under its role.

        Raises:
            NotAssumable: the role is not there, or does not trust SageMaker.
        """
        return self._access.assumed(job.role, "sagemaker", "SageMaker", job.arn)

    def stop_all(self) -> None:
        """Stops every job at once and waits until no process is left."""
        self._grace_seconds = _GRACE_SECONDS_AT_THE_END
        started = list(self._started.values())
        for job, _ in started:
            self.stop(job)
        for _, thread in started:
            thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run_in_turn(self, job: Job) -> None:
        try:
            self._run_unless_struck(job)
        finally:
            self._started.pop(job.arn)

    def _run_unless_struck(self, job: Job) -> None:
        fault = self._faults.of_job(job.kind, job.request)
        job.stop_is_error = fault is not None and fault.as_error
        if fault and fault.how == "starved":
            job.end("Stopped", "MaxWaitTimeExceeded")
            return
        if fault and fault.how == "no capacity":
            job.end("Failed", "Failed", NO_CAPACITY)
            return
        if not self._turns.take(job):
            job.end("Stopped", "Stopped")
            return
        try:
            self._run(job, fault)
        except Exception as error:  # noqa: BLE001 (nothing may leave the job InProgress)
            kind = "ClientError" if lacks_room(error) else "InternalServerError"
            job.end("Failed", "Failed", f"{kind}: {self._without_room(error) or error}")
        finally:
            self._turns.give_back()

    def _run(self, job: Job, fault: JobFault | None) -> None:
        folder = self._folder / job.name
        session, region = self.session(job), job.arn.split(":")[3]
        s3 = self._clients.client(session, "s3", region)
        logs = self._clients.client(session, "logs", region)
        container = Container(job, folder, s3, self.script_mode, self._cpus_each, self._memory_each)
        stream = f"{job.name}/algo-1-{int(time.time())}"
        log = JobLog(self._home / "logs" / f"{job.name}.log", logs, job.log_group, stream)
        job.enter("Starting")
        job.started = datetime.now(UTC)
        try:
            if fault and fault.how == "interrupted":
                self._interrupt(container, job, log)
            if not self._may_pull_image(job):
                return
            if job.kind == "Transform":
                self._transform(Transform(job, folder, s3, log), job)
            else:
                self._run_in(container, job, log, fault)
        finally:
            log.close()
            container.remove()

    def _may_pull_image(self, job: Job) -> bool:
        try:
            self._access.check(self.session(job), needs_of_an_image(job.image, job.partition))
        except Denied as denied:
            job.end("Failed", "Failed", f"ClientError: The image can't be pulled: {denied}")
            return False
        return True

    def _transform(self, transform: Transform, job: Job) -> None:
        failure = transform.run()
        if job.stop_wanted.is_set():
            job.end("Stopped", "Stopped")
        elif failure:
            without_room = self._without_room(None)
            job.end("Failed", "Failed", f"ClientError: {without_room}" if without_room else failure)
        else:
            job.end("Completed", "Completed")

    def _run_in(self, container: Container, job: Job, log: JobLog, fault: JobFault | None) -> None:
        job.enter("Downloading")
        try:
            container.download()
        except Exception as error:  # noqa: BLE001 (the job says what went wrong)
            reason = self._without_room(error) or f"Data download failed: {error}"
            job.end("Failed", "Failed", f"ClientError: {reason}")
            return
        job.enter("Training")
        how = fault.how if fault else ""
        program = struck(container.program(), fault, job.kind)
        deadline = time.monotonic() + job.most_seconds
        if how == "over time":
            deadline = time.monotonic()
        if how == "stopped":
            self.stop(job)
        said = ErrorLines()
        code = exit_code(program, job, log, said, deadline, lambda: self._grace_seconds)
        if how in LOST:
            job.end("Failed", "Failed", LOST[how])
            return
        was_stopped = job.stop_wanted.is_set() or time.monotonic() >= deadline
        if code != 0 and not was_stopped and is_out_of_room(self._home):
            job.end("Failed", "Failed", f"ClientError: {self._without_room(None)}")
            return
        if failure := _failure(container, job, program, code, said, was_stopped):
            job.end("Failed", "Failed", failure)
            return
        job.enter("Uploading")
        try:
            container.upload()
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            job.end("Failed", "Failed", f"ClientError: Artifact upload failed: {error}")
            return
        if code == 0:
            job.end("Completed", "Completed")
        else:
            job.end("Stopped", "Stopped" if job.stop_wanted.is_set() else "MaxRuntimeExceeded")

    def _without_room(self, error: Exception | None) -> str | None:
        """What to do where the job had no room on the disk, which a machine of AWS's would have."""
        if lacks_room(error) or is_out_of_room(self._home):
            return f"{words_for(self._home)}, then rerun the step"
        return None

    def _interrupt(self, container: Container, job: Job, log: JobLog) -> None:
        """The first half of a managed spot training whose machine is taken away."""
        container.download()
        job.enter("Training")
        fault = JobFault("", kind="Training", how="killed")
        program = struck(container.program(), fault, job.kind)
        deadline = time.monotonic() + _GRACE_SECONDS
        exit_code(program, job, log, ErrorLines(), deadline, lambda: self._grace_seconds)
        job.enter("Interrupted")
        job.enter("Starting")


def _failure(
    container: Container,
    job: Job,
    program: Program,
    code: int,
    said: ErrorLines,
    was_stopped: bool,
) -> str | None:
    """The reason as SageMaker words it, if the job failed by its own program."""
    ended_with = 0 if was_stopped else container.exit_code(program, code, said)
    try:
        message = container.message().strip()
    except UnicodeDecodeError as error:
        return f"ClientError: {error}"
    if job.kind == "Processing":
        job.exit_message = message or None
        return _NO_REASON if ended_with else None
    return f"AlgorithmError: {message}, exit code: {ended_with}" if ended_with else None
