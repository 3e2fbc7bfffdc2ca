"""What `codefree up` holds stays in its home: through a stop, a kill, and any number of them."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.local.codefree_up import CODEFREE, Up, put
from tests.local.processes import is_alive
from tests.local.stacks import stand_in_code
from tests.local.uploads import table

# `make bench` kills it more often.
KILLS = int(os.environ.get("CODEFREE_KILLS", "3"))
FOLDER = "a folder"
KEY = f"{FOLDER}/타이타닉 🚢.csv"
TOLD = "data/.DS_Store"  # of which there is an event
# Outside of the bucket's folder, a folder itself, and longer than a file's name may be.
HARD_KEYS = {"../outside": b"x", "plain": b"a key and a folder", "x" * 1000: b"long"}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    started = Up(tmp_path_factory.mktemp("up") / "home").start()
    put(started, "source/sourcedir.tar.gz", stand_in_code())
    yield started
    started.kill()


@dataclass(frozen=True)
class Restarted:
    """A `codefree up` that has been ended and started again, and what was seen before and after."""

    up: Up
    objects: tuple[Any, Any]
    runs: tuple[Any, Any]
    plain_files: dict[str, bytes]
    interrupted: list[psutil.Process]


@pytest.fixture(scope="module", params=[signal.SIGKILL, signal.SIGTERM])
def restarted(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Restarted]:
    """Ended in either way while it held all that is to stay."""
    up = Up(tmp_path_factory.mktemp("restarted") / "home").start()
    put(up, "source/sourcedir.tar.gz", stand_in_code())
    versions, plain_files = put_objects(up), put_plain_objects(up)
    upload_runs(up)
    up.uploader("late").upload("train", table())
    [late] = up.uploader("late").executions()
    objects, runs = seen_objects(up, *versions), seen_runs(up)
    interrupted = begin_slow_run(up)
    up.end(request.param)
    leave_event(up, json.loads(late["input"]))
    up.start()
    after = seen_objects(up, *versions), seen_runs(up)
    yield Restarted(up, (objects, after[0]), (runs, after[1]), plain_files, interrupted)
    up.kill()


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


def put_objects(up: Up) -> tuple[list[str], list[str]]:
    """Versions, tags, deletions, copies, and a bucket without versions; returns the versions of
    KEY and of TOLD."""
    said = {"ContentType": "text/csv", "Metadata": {"who": "me"}}
    versions = [put(up, KEY, body, **said) for body in (b"one", b"two")]
    up.s3.put_object_tagging(
        Bucket="codefree", Key=KEY, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
    )
    versions += [put(up, KEY, b"three")]
    # Its event is written down before all is known that is said of it.
    told = [put(up, TOLD, body, **said) for body in (b"one", b"two", b"three", b"four")]
    up.s3.delete_object(Bucket="codefree", Key=TOLD, VersionId=told.pop(1))
    told += [put(up, TOLD, b"five", **said)]
    put(up, f"{FOLDER}/gone", b"gone")
    up.s3.delete_object(Bucket="codefree", Key=f"{FOLDER}/gone")
    kept = put(up, f"{FOLDER}/gone for good", b"x")
    up.s3.delete_object(Bucket="codefree", Key=f"{FOLDER}/gone for good", VersionId=kept)
    up.s3.create_bucket(Bucket="another")
    up.s3.put_object(Bucket="another", Key="plain", Body=b"first")
    up.s3.put_object(Bucket="another", Key="plain", Body=b"second")
    source = {"Bucket": "codefree", "Key": KEY}
    up.s3.copy_object(Bucket="codefree", Key=f"{FOLDER}/copy", CopySource=source)
    return versions, told


def seen_objects(up: Up, versions: list[str], told: list[str]) -> Any:
    listed = up.s3.list_object_versions(Bucket="codefree", Prefix=FOLDER)
    return [
        *(listed["Versions"], listed["DeleteMarkers"]),
        *(get(up, KEY, version) for version in versions),
        *(get(up, TOLD, version) for version in told),
        *(
            up.s3.get_object_tagging(Bucket="codefree", Key=KEY, VersionId=version)["TagSet"]
            for version in versions
        ),
        up.s3.get_object(Bucket="another", Key="plain")["Body"].read(),
        up.s3.list_buckets()["Buckets"],
        up.s3.get_bucket_versioning(Bucket="codefree").get("Status"),
    ]


def test_objects_stay_with_all_their_versions_and_all_that_is_said_of_them(
    restarted: Restarted,
) -> None:
    before, after = restarted.objects
    assert after == before
    assert [v["Key"] for v in after[0]] == [f"{FOLDER}/copy", f"{FOLDER}/gone", KEY, KEY, KEY]
    bodies = [got["Body"] for got in after[2:9]]
    assert bodies == [b"one", b"two", b"three", b"one", b"three", b"four", b"five"]
    assert after[12] == b"second"
    with pytest.raises(ClientError, match="NoSuchKey"):
        restarted.up.s3.get_object(Bucket="codefree", Key=f"{FOLDER}/gone")


def put_plain_objects(up: Up) -> dict[str, bytes]:
    """Keys that are hard on a folder of plain files; returns what was read from it meanwhile."""
    folder = up.home / "buckets" / "codefree"
    put(up, "plain/notes.txt", b"old")
    put(up, "plain/notes.txt", b"new")
    read = {"plain/notes.txt": (folder / "plain/notes.txt").read_bytes()}
    for key, body in HARD_KEYS.items():
        put(up, key, body)
    up.s3.delete_object(Bucket="codefree", Key="plain/notes.txt")
    return read


def test_a_person_can_open_the_objects_as_plain_files(restarted: Restarted) -> None:
    up = restarted.up
    assert restarted.plain_files == {"plain/notes.txt": b"new"}
    assert not (up.home / "buckets/outside").exists()
    assert not (up.home / "buckets/codefree/plain").is_dir()
    for key, body in HARD_KEYS.items():
        assert up.s3.get_object(Bucket="codefree", Key=key)["Body"].read() == body


def upload_runs(up: Up) -> None:
    """A run that works, and one that fails."""
    done, failed = up.uploader("done"), up.uploader("failed")
    done.upload_pair(table(), table(6))
    done.worked()
    failed.upload_pair(table(12, "fail"), table(6))
    failed.failed()
    failed.wait(lambda: any("failure.html" in key for key in failed.keys("results/failed/")))


def seen_runs(up: Up) -> Any:
    done, failed = up.uploader("done"), up.uploader("failed")
    executions = done.executions() + failed.executions()
    for execution in executions:
        execution.pop("ResponseMetadata")
        arn = execution["executionArn"]
        execution["history"] = up.states.get_execution_history(executionArn=arn)["events"]
    jobs = done.training_jobs() + done.evaluation_jobs() + failed.training_jobs()
    for job in jobs:
        job.pop("ResponseMetadata")
    return [executions, jobs]


def test_runs_and_jobs_stay_as_they_were(restarted: Restarted) -> None:
    (before, after), up = restarted.runs, restarted.up
    assert after == before
    assert (up.home / "logs" / f"{before[1][0]['TrainingJobName']}.log").read_text()
    done = up.uploader("done")
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


def begin_slow_run(up: Up) -> list[psutil.Process]:
    """A run that is being trained; returns its job's processes."""
    uploader = up.uploader("slow one")
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(lambda: "Training" in [j["SecondaryStatus"] for j in uploader.training_jobs()])
    assert up.process
    mine = psutil.Process(up.process.pid).children(recursive=True)
    return [child for child in mine if "train.py" in " ".join(child.cmdline())]  # with its shell


def test_an_interrupted_run_says_so_and_goes_on_from_its_step(restarted: Restarted) -> None:
    up = restarted.up
    uploader, job = up.uploader("slow one"), restarted.interrupted
    assert job

    failed = uploader.failed()
    assert failed["error"] == "LocalMode.Interrupted"
    assert "ended while the run was in Train. Nothing is lost" in failed["cause"]
    assert uploader.training_jobs()[0]["TrainingJobStatus"] == "Failed"
    assert not any(map(is_alive, job))
    assert up.process and [f.name for f in (up.home / "jobs").iterdir()] == [str(up.process.pid)]
    run = json.loads(failed_input(up, failed))["Run"]["Id"]
    uploader.put_past_policy(f"runs/{run}/train/train.csv", table(12))
    up.states.redrive_execution(executionArn=failed["executionArn"])
    worked = uploader.worked()
    assert worked["redriveCount"] == 1
    entered = uploader.states_entered(worked)
    assert entered.count("CheckPair") == 1 and entered.count("Train") == 2


def failed_input(up: Up, execution: dict[str, Any]) -> str:
    events = up.states.get_execution_history(executionArn=execution["executionArn"])["events"]
    entered = [e["stateEnteredEventDetails"] for e in events if "stateEnteredEventDetails" in e]
    return str(entered[-1]["input"])


def leave_event(up: Up, event: Any) -> None:
    """Leaves an event that was not delivered in the home of what has ended."""
    with sqlite3.connect(up.home / "kept.sqlite") as tables:
        row = ["left-over", "123456789012", "us-east-1", json.dumps(event | {"id": "left-over"})]
        tables.execute("INSERT INTO due_events VALUES (?, ?, ?, ?)", row)


def test_an_event_that_was_not_delivered_is_delivered_after_the_restart(
    restarted: Restarted,
) -> None:
    up = restarted.up
    again = [e for e in up.uploader("late").executions() if e["name"].startswith("left-over")]
    assert len(again) == 1
    with sqlite3.connect(up.home / "kept.sqlite") as tables:
        assert tables.execute("SELECT * FROM due_events").fetchall() == []


# The first of those that share a home, in which there are no runs yet.
def test_two_local_modes_on_one_home_are_refused_but_a_run_beside_it_works(up: Up) -> None:
    def command(*words: str) -> list[str]:
        return [CODEFREE, *words, "--home", str(up.home)]

    def codefree(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*words), capture_output=True, text=True, check=False)

    second = codefree("up", "--port", "0")
    assert second.returncode == 1
    assert f"already, at {up.endpoint}. Use that one" in second.stderr
    assert "Traceback" not in second.stderr
    for half, rows in (("train", 12), ("test", 6)):
        (up.home / f"a_{half}.csv").write_text(table(rows))
    run = command("run", "a_train.csv", "a_test.csv", "--minutes", "0.1")
    with subprocess.Popen(run, cwd=up.home, stdout=subprocess.PIPE, text=True) as beside:
        assert beside.stdout
        assert any("✓ CheckPair" in line for line in beside.stdout)
        assert "No runs yet" in codefree("status").stdout
        beside.send_signal(signal.SIGINT)  # what its training becomes is told by test_cli.py
        beside.stdout.read()
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
    assert [any(name in log for log in logs) for name in names] == [False, True, True]
    first = up.uploader("first")
    first.upload("train", table())
    first.wait(first.training_jobs)
    assert re.search(r"train-0-0-0$", first.training_jobs()[0]["TrainingJobName"])


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
    up.uploader("").wait(lambda: settled(up, machine))
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
