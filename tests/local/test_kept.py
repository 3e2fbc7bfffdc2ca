"""What `codefree up` holds stays in its home: through a stop, a kill, and any number of them."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.stack import Stack
from operate.home_key import kept_credentials
from tests.local.stacks import stand_in_code
from tests.local.uploads import Uploader, table

CODEFREE = str(Path(sys.executable).with_name("codefree"))
# `make bench` kills it more often.
KILLS = int(os.environ.get("CODEFREE_KILLS", "3"))


class Up:
    """A `codefree up` of its own, and plain clients of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(
        self, *words: str, program: tuple[str, ...] = (CODEFREE,), console: bool = False
    ) -> "Up":
        where = ["--port", str(self.port), "--home", str(self.home)]
        where += [] if console else ["--no-console"]
        command = [*program, "up", *where, "--param", "RunsAtOnce=1000", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.said = ""
        while "Ctrl-C stops it" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        return self

    def end(self, number: int) -> "Up":
        if self.process:
            self.process.send_signal(number)
            self.process.wait(60)
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None
        return self

    def kill(self) -> "Up":
        return self.end(signal.SIGKILL)

    def stop(self) -> "Up":
        return self.end(signal.SIGTERM)

    def uploader(self, name: str) -> Uploader:
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
        return Uploader(self, Stack("codefree", machine), name)  # type: ignore[arg-type]

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def states(self) -> Any:
        return self.client("stepfunctions")

    @cached_property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    def client(self, service: str) -> Any:
        own = kept_credentials(self.home)
        session: Any = boto3.Session(own.access_key, own.secret_key, region_name="us-east-1")
        config = Config(retries={"max_attempts": 0}, connect_timeout=5, max_pool_connections=30)
        return session.client(service, endpoint_url=self.endpoint, config=config)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(tmp_path / "home").start()
    put(started, "source/sourcedir.tar.gz", stand_in_code())
    yield started
    started.kill()


def put(up: Up, key: str, body: bytes, **more: Any) -> str:
    return str(up.s3.put_object(Bucket="codefree", Key=key, Body=body, **more)["VersionId"])


def get(up: Up, key: str, version: str) -> Any:
    answer = up.s3.get_object(Bucket="codefree", Key=key, VersionId=version)
    answer["Body"] = answer["Body"].read()
    answer.pop("ResponseMetadata")
    return answer


def redrive_all_failed(up: Up) -> None:
    machine = up.uploader("").stack.state_machine
    failed = up.states.list_executions(stateMachineArn=machine, statusFilter="FAILED")
    for execution in failed["executions"]:
        up.states.redrive_execution(executionArn=execution["executionArn"])


def test_objects_stay_with_all_their_versions_and_all_that_is_said_of_them(up: Up) -> None:
    said = {"ContentType": "text/csv", "Metadata": {"who": "me"}}
    key = "a folder/타이타닉 🚢.csv"
    versions = [put(up, key, body, **said) for body in (b"one", b"two")]
    up.s3.put_object_tagging(
        Bucket="codefree", Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
    )
    put(up, "gone", b"gone")
    up.s3.delete_object(Bucket="codefree", Key="gone")
    kept = put(up, "gone for good", b"x")
    up.s3.delete_object(Bucket="codefree", Key="gone for good", VersionId=kept)
    up.s3.create_bucket(Bucket="another")
    up.s3.put_object(Bucket="another", Key="plain", Body=b"first")
    up.s3.put_object(Bucket="another", Key="plain", Body=b"second")
    up.s3.copy_object(Bucket="codefree", Key="copy", CopySource={"Bucket": "codefree", "Key": key})

    def seen() -> Any:
        listed = up.s3.list_object_versions(Bucket="codefree")
        everything = [listed["Versions"], listed["DeleteMarkers"]]
        everything += [get(up, key, version) for version in versions]
        everything += [up.s3.get_object_tagging(Bucket="codefree", Key=key)["TagSet"]]
        everything += [up.s3.get_object(Bucket="another", Key="plain")["Body"].read()]
        everything += [up.s3.list_buckets()["Buckets"]]
        everything += [up.s3.get_bucket_versioning(Bucket=b).get("Status") for b in ("codefree",)]
        return everything

    before = seen()
    up.stop().start()
    after = seen()
    ours = {"lambdas", "sourcedir.tar.gz"}  # what deploying writes again
    for listed in (before[0], after[0]):
        listed[:] = [
            v for v in listed if not any(name in v["Key"].rsplit("/")[-1] for name in ours)
        ]
    assert after == before
    with pytest.raises(ClientError, match="NoSuchKey"):
        up.s3.get_object(Bucket="codefree", Key="gone")


def test_a_person_can_open_the_objects_as_plain_files(up: Up) -> None:
    folder = up.home / "buckets" / "codefree"
    put(up, "data/notes.txt", b"old")
    put(up, "data/notes.txt", b"new")
    assert (folder / "data/notes.txt").read_bytes() == b"new"
    put(up, "../outside", b"x")
    put(up, "data", b"a key and a folder")
    put(up, "x" * 1000, b"long")
    assert not (up.home / "buckets/outside").exists()
    up.s3.delete_object(Bucket="codefree", Key="data/notes.txt")
    assert not (folder / "data").is_dir()
    up.kill().start()
    for key, body in (("../outside", b"x"), ("data", b"a key and a folder"), ("x" * 1000, b"long")):
        assert up.s3.get_object(Bucket="codefree", Key=key)["Body"].read() == body


def test_runs_and_jobs_stay_as_they_were(up: Up) -> None:
    done, failed = up.uploader("done"), up.uploader("failed")
    done.upload_pair(table(), table(6))
    done.worked()
    failed.upload_pair(table(12, "fail"), table(6))
    failed.failed()

    def seen() -> Any:
        executions = done.executions() + failed.executions()
        for execution in executions:
            execution.pop("ResponseMetadata")
            arn = execution["executionArn"]
            events = up.states.get_execution_history(executionArn=arn)["events"]
            execution["history"] = events
        jobs = done.training_jobs() + done.evaluation_jobs() + failed.training_jobs()
        for job in jobs:
            job.pop("ResponseMetadata")
        return [executions, jobs]

    before = seen()
    up.stop().start()
    assert seen() == before
    assert (up.home / "logs" / f"{before[1][0]['TrainingJobName']}.log").read_text()
    done.upload_pair(table(), table(6))
    assert "AlreadyRunning" in done.ends()
    assert len(done.training_jobs()) == 1


def test_the_stack_stays_as_it_was_deployed(tmp_path: Path) -> None:
    up = Up(tmp_path).start("--bucket", "mine", "--param", "TrainingMinutes=7")
    up.stop().start("--param", "TrainingCost=3")
    [stack] = up.client("cloudformation").describe_stacks(StackName="codefree")["Stacks"]
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    assert parameters["BucketName"] == "mine"
    assert (parameters["TrainingMinutes"], parameters["TrainingCost"]) == ("7", "3")
    up.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_goes_on_from_its_step(up: Up, number: int) -> None:
    uploader = up.uploader("slow one")
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(lambda: "Training" in [j["SecondaryStatus"] for j in uploader.training_jobs()])
    assert up.process
    mine = psutil.Process(up.process.pid).children(recursive=True)
    job = [child for child in mine if "train.py" in " ".join(child.cmdline())]  # with its shell
    assert job
    up.end(number).start()

    failed = uploader.failed()
    assert failed["error"] == "LocalMode.Interrupted"
    assert "ended while the run was in Train. Nothing is lost" in failed["cause"]
    assert uploader.training_jobs()[0]["TrainingJobStatus"] == "Failed"
    assert all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in job)
    assert up.process and [f.name for f in (up.home / "jobs").iterdir()] == [str(up.process.pid)]
    run = json.loads(failed_input(up, failed))["Run"]["Id"]
    uploader.put_past_policy(f"runs/{run}/train/train.csv", table(12))
    redrive_all_failed(up)
    worked = uploader.worked()
    assert worked["redriveCount"] == 1
    entered = uploader.states_entered(worked)
    assert entered.count("CheckPair") == 1 and entered.count("Train") == 2


def failed_input(up: Up, execution: dict[str, Any]) -> str:
    events = up.states.get_execution_history(executionArn=execution["executionArn"])["events"]
    entered = [e["stateEnteredEventDetails"] for e in events if "stateEnteredEventDetails" in e]
    return str(entered[-1]["input"])


def test_an_event_that_was_not_delivered_is_delivered_after_the_restart(up: Up) -> None:
    uploader = up.uploader("late")
    uploader.upload("train", table())
    [first] = uploader.executions()
    up.kill()
    event = json.loads(first["input"]) | {"id": "left-over"}
    with sqlite3.connect(up.home / "kept.sqlite") as tables:
        row = ["left-over", "123456789012", "us-east-1", json.dumps(event)]
        tables.execute("INSERT INTO due_events VALUES (?, ?, ?, ?)", row)
    up.start()
    again = [e for e in uploader.executions() if e["name"].startswith("left-over")]
    assert len(again) == 1
    with sqlite3.connect(up.home / "kept.sqlite") as tables:
        assert tables.execute("SELECT * FROM due_events").fetchall() == []


def test_nothing_acknowledged_is_lost_however_often_it_is_killed(up: Up) -> None:
    uploads = Uploads(up)
    for _ in range(KILLS):
        uploads.go_on(3)
        time.sleep(random.uniform(0.2, 3))
        up.kill().start()
        for (key, version), body in list(uploads.acknowledged.items()):
            assert get(up, key, version)["Body"] == body, key
    uploads.end()
    assert len(uploads.names()) >= KILLS
    machine = up.uploader("").stack.state_machine
    up.uploader("").wait(lambda: settled(up, machine), seconds=60 + 20 * len(uploads.names()))
    for name in uploads.names():
        keys = up.uploader(name).keys(f"results/{name}/")
        assert [key.endswith("/summary.json") for key in keys].count(True) == 1, name


def settled(up: Up, machine: str) -> bool:
    """Whether all executions have succeeded; those that failed are redriven."""
    listed = up.states.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
    redrive_all_failed(up)
    return {execution["status"] for execution in listed} == {"SUCCEEDED"}


class Uploads:
    """Uploads pairs in two threads, each so often until it is answered, as clients do."""

    def __init__(self, up: Up) -> None:
        self.acknowledged: dict[tuple[str, str], bytes] = {}
        self._ended = threading.Event()
        self._wanted = {half: threading.Semaphore(0) for half in ("train", "test")}
        self._threads = [
            threading.Thread(target=self._upload, args=[up.client("s3"), half])
            for half in self._wanted
        ]
        for thread in self._threads:
            thread.start()

    def go_on(self, pairs: int) -> None:
        for wanted in self._wanted.values():
            wanted.release(pairs)

    def end(self) -> None:
        self._ended.set()
        self.go_on(1)
        for thread in self._threads:
            thread.join()

    def names(self) -> list[str]:
        """The datasets of which both halves were acknowledged."""
        keys = {key for key, _ in self.acknowledged}
        trained = [key for key in keys if key.replace("_train", "_test") in keys - {key}]
        return [key.removeprefix("data/").removesuffix("_train.csv") for key in trained]

    def _upload(self, s3: Any, half: str) -> None:
        for number in itertools.count():
            self._wanted[half].acquire()
            rows = {"train": 12, "test": 6}[half] + number
            key, body = f"data/set {number}_{half}.csv", table(rows).encode()
            while not self._ended.wait(0.1):
                with contextlib.suppress(BotoCoreError, ClientError):
                    answer = s3.put_object(Bucket="codefree", Key=key, Body=body)
                    self.acknowledged[key, answer["VersionId"]] = body
                    break
            if self._ended.is_set():
                return


def test_it_can_be_stopped_although_its_shell_ignores_ctrl_c_for_it(tmp_path: Path) -> None:
    up = Up(tmp_path)
    # What a shell does to a command that a script puts into the background.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        up.start()
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        up.stop()
    finally:
        up.kill()


def test_two_local_modes_on_one_home_are_refused_but_a_run_beside_it_works(up: Up) -> None:
    def codefree(*words: str) -> subprocess.CompletedProcess[str]:
        command = [CODEFREE, *words, "--home", str(up.home)]
        return subprocess.run(command, cwd=up.home, capture_output=True, text=True, check=False)

    second = codefree("up", "--port", "0")
    assert second.returncode == 1
    assert f"already, at {up.endpoint}. Use that one" in second.stderr
    assert "Traceback" not in second.stderr
    for half, rows in (("train", 12), ("test", 6)):
        (up.home / f"a_{half}.csv").write_text(table(rows))
    beside = codefree("run", "a_train.csv", "a_test.csv", "--minutes", "0.1")
    assert "✓ CheckPair" in beside.stdout
    assert "No runs yet" in codefree("status").stdout


def test_only_the_last_runs_are_kept_when_that_is_asked_for(up: Up) -> None:
    names = ["first", "second", "third"]
    for name in names:
        up.uploader(name).upload_pair(table(), table(6))
        assert up.uploader(name).worked()
    up.stop().start("--keep-last", "2")

    assert "Removed 1 old run." in up.said
    assert [bool(up.uploader(name).executions()) for name in names] == [False, True, True]
    assert [len(up.uploader(name).training_jobs()) for name in names] == [0, 1, 1]
    assert [len(up.uploader(name).keys(f"results/{name}/")) > 5 for name in names] == [
        False,
        True,
        True,
    ]
    logs = [path.name for path in (up.home / "logs").glob("*-train-0-0-0.log")]
    assert not [log for log in logs if "first" in log] and len(logs) == 2
    first = up.uploader("first")
    first.upload("train", table())
    first.wait(first.training_jobs)
    assert re.search(r"train-0-0-0$", first.training_jobs()[0]["TrainingJobName"])
