"""How long a person waits for the first answer: of a command, and of local mode.

``python -m benchmarks.start KIND`` measures one thing once and prints it as a line of JSON:
``help``, ``plan``, ``run`` (until its files are checked; it is stopped then), or ``up HOME``.
``kept HOME RUNS`` makes a home that holds so many runs: one run of a quick stand-in, written down
again under other names. Only the command line is used, and what lies in a home, so that any version
can be measured.

Seconds are of the clock. Processor seconds, which a busy machine changes less, are those of the
command and of the processes that it has started. Best of three.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
from rich.table import Table

from benchmarks.performance_page import show
from lambdas.bucket.layout import TRAINING_CODE, UPLOADS
from operate.drafts.sample_data import write_sample_data
from operate.home_key import kept_credentials
from tests.local.stacks import stand_in_code
from tests.local.uploads import table as csv_rows

_CODEFREE = str(Path(sys.executable).with_name("codefree"))
KEPT_RUNS = 1000
_ROUNDS = 3
_NAME, _BUCKET = "kept 0000", "codefree"
_IS_UP = "Ctrl-C stops it"

Told = dict[str, float]


def main() -> None:
    shown = Table(title=f"Until something is told, best of {_ROUNDS}")
    for column in ("what", "seconds", "processor seconds", "of it this process", "MiB"):
        shown.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory() as work:
        home = Path(work) / "kept"
        _one("kept", str(home), str(KEPT_RUNS))
        cases = {
            "codefree --help, to its end": ["help"],
            "codefree plan, first line": ["plan", "first"],
            "codefree plan, to its end": ["plan"],
            "codefree run, first line": ["run", "first"],
            "codefree run, what the check has found": ["run"],
            "codefree up, empty home": ["up"],
            f"codefree up, {KEPT_RUNS:,} kept runs": ["up", str(home)],
        }
        for what, words in cases.items():
            rounds = [_one(*words) for _ in range(_ROUNDS)]
            best = {key: min(told[key] for told in rounds) for key in rounds[0]}
            shown.add_row(
                what,
                f"{best['seconds']:.2f}",
                f"{best['processor_seconds']:.2f}",
                f"{best['own_processor_seconds']:.2f}",
                f"{best['mib']:.0f}" if best["mib"] else "–",  # who has ended has none
            )
    show("start", shown)


def _one(*words: str) -> Told:
    command = [sys.executable, "-m", "benchmarks.start", *words]
    told: Told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def _help() -> Told:
    return _until([_CODEFREE, "--help"], None)


def _plan(until: str = "end") -> Told:
    return _of_the_sample("plan", {"first": r".", "end": None}[until])


def _run(until: str = "checked") -> Told:
    # What the check has found begins with a mark.
    return _of_the_sample("run", {"first": r".", "checked": r"^  [·!✗]"}[until])


def _up(home: str | None = None) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        command = [_CODEFREE, "up", "--home", home or f"{folder}/home", "--port", "0"]
        return _until(command, _IS_UP)


def _kept(home: str, runs: str) -> Told:
    began = time.monotonic()
    command = [_CODEFREE, "up", "--home", home, "--port", "0", "--no-console"]
    with _started(command) as process:
        endpoint = ""
        assert process.stdout
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            endpoint = found[0] if found else endpoint
            if _IS_UP in line:
                break
        key = kept_credentials(Path(home))
        session = boto3.Session(key.access_key, key.secret_key, region_name="us-east-1")
        _train(session, endpoint)
    with closing(sqlite3.connect(Path(home) / "kept.sqlite")) as tables, tables:
        _write_again(tables, Path(home) / "objects", int(runs))
    # The newest versions are shown as files by the next start, once for all.
    _up(home)
    return {"seconds": time.monotonic() - began, "runs": float(runs)}


def _train(session: boto3.Session, endpoint: str) -> None:
    s3 = session.client("s3", endpoint_url=endpoint)
    s3.put_object(Bucket=_BUCKET, Key=TRAINING_CODE, Body=stand_in_code())
    for half, number in (("train", 12), ("test", 6)):
        s3.put_object(
            Bucket=_BUCKET, Key=f"{UPLOADS}{_NAME}_{half}.csv", Body=csv_rows(number).encode()
        )
    states = session.client("stepfunctions", endpoint_url=endpoint)
    machine = f"arn:aws:states:us-east-1:123456789012:stateMachine:{_BUCKET}"
    ends: list[str] = []
    while ends.count("SUCCEEDED") < 2:
        time.sleep(0.5)
        executions = states.list_executions(stateMachineArn=machine)["executions"]
        ends = [execution["status"] for execution in executions]
        assert "FAILED" not in ends, "the stand-in's run has failed"


def _write_again(tables: sqlite3.Connection, objects: Path, runs: int) -> None:
    """Writes all rows of the one run down again, under the names of so many runs."""
    [(execution,)] = tables.execute(
        "SELECT name FROM executions WHERE arn IN (SELECT execution FROM history GROUP BY execution"
        " ORDER BY count(*) DESC LIMIT 1)"
    )
    [(key,)] = tables.execute(f"SELECT min(key) FROM versions WHERE key LIKE 'results/{_NAME}/%'")
    run = key.split("/")[2]
    dataset = _NAME.replace(" ", "-")
    names = re.compile("|".join(map(re.escape, (_NAME, dataset, execution, run))))
    for table in ("executions", "history", "jobs", "records", "versions"):
        rows = tables.execute(f"SELECT * FROM {table}").fetchall()
        its_own = [row for row in rows if any(names.search(str(value)) for value in row)]
        for number in range(1, runs):
            new = {
                _NAME: f"kept {number:04}",
                dataset: f"kept-{number:04}",
                execution: str(uuid.UUID(int=number)),
                run: f"{run[:-6]}{number:06x}",
            }
            for row in its_own:
                again = [_renamed(value, names, new) for value in row]
                if table == "versions" and row[3]:
                    again[3] = uuid.uuid4().hex
                    os.link(objects / row[3], objects / again[3])
                marks = ",".join("?" * len(row))
                tables.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", again)


def _renamed(value: Any, names: re.Pattern[str], new: dict[str, str]) -> Any:
    return names.sub(lambda found: new[found[0]], value) if isinstance(value, str) else value


def _of_the_sample(command: str, pattern: str | None) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        train, test = write_sample_data(Path(folder))
        words = [_CODEFREE, command, str(train), str(test)]
        if command == "run":
            words += ["--home", f"{folder}/home", "--out", f"{folder}/out"]
        return _until(words, pattern)


def _until(command: list[str], pattern: str | None) -> Told:
    """What it takes until a line has the pattern; until the end without one."""
    began = time.monotonic()
    with _started(command) as process:
        told = _taken(process, began)
        assert process.stdout
        for line in process.stdout:
            if pattern and re.search(pattern, line):
                return _taken(process, began)
            told = _taken(process, began)
        return told


def _taken(process: "subprocess.Popen[str]", began: float) -> Told:
    seconds = time.monotonic() - began
    command = psutil.Process(process.pid)
    times = command.cpu_times()
    own = times.user + times.system
    everybody = own + times.children_user + times.children_system
    for child in command.children(recursive=True):
        used = child.cpu_times()
        everybody += used.user + used.system
    return {
        "seconds": seconds,
        "processor_seconds": everybody,
        "own_processor_seconds": own,
        "mib": command.memory_info().rss / 2**20,
    }


@contextmanager
def _started(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """The command, stopped once it has told that; a shell may have it ignore Ctrl-C."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


KINDS: dict[str, Callable[..., Told]] = {
    "help": _help,
    "plan": _plan,
    "run": _run,
    "up": _up,
    "kept": _kept,
}

if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(KINDS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
