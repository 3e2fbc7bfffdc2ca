"""The command ``codefree``, as a person starts it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from operate.drafts.sample_data import write_sample_data
from operate.home_key import kept_credentials
from tests.local.codefree_up import CODEFREE
from tests.local.processes import is_alive
from tests.waiting import LONGEST_SECONDS


def codefree(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [CODEFREE, *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_run_trains_the_sample_data_and_copies_the_results(tmp_path: Path) -> None:
    train, test = write_sample_data(tmp_path)
    done = codefree("run", train, test, "--minutes", "0.1", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for state in (
        "CheckPair",
        "PickInstance",
        "ReserveBudget",
        "Train",
        "SealModel",
        "Evaluate",
        "Publish",
    ):
        assert f"✓ {state}" in done.stdout
    assert "best so far" in done.stdout
    assert "roc_auc" in done.stdout
    [run] = (tmp_path / "out" / "breast_cancer").iterdir()
    lines, folder = done.stdout.splitlines(), run.relative_to(tmp_path)
    assert lines[0] == "  Checking breast_cancer_train.csv and breast_cancer_test.csv ..."
    assert lines[1].startswith("  · breast_cancer_train.csv: 426 rows of 31 columns")
    assert re.match(r"  Of \d+ “\w+”, \d+ were found; ", lines[-4])
    assert lines[-3] == f"  Report:      {folder}/breast_cancer_report.html"
    assert lines[-2] == f"  Predictions: {folder}/breast_cancer_test_prediction.csv"
    more = len([path for path in run.rglob("*") if path.is_file()]) - 2
    assert lines[-1] == f"  {more} more files in {folder}"
    assert json.loads((run / "metrics.json").read_text())["headline"] == lines[-4].strip()
    assert (run / "breast_cancer_eval.png").stat().st_size > 10_000
    assert len(list(run.glob("*/output/model.tar.gz"))) == 1
    assert "Warning" not in done.stderr


def test_files_that_can_not_be_trained_on_start_nothing(tmp_path: Path) -> None:
    train, test = write_sample_data(tmp_path)
    command = [CODEFREE, "run", str(train), str(test), "--target", "lable"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "✗ breast_cancer_train.csv, column lable: There is no column" in done.stdout
    assert "Did you mean 'label'?" in done.stdout
    [page] = (tmp_path / "results" / "breast_cancer").rglob("check.html")
    assert str(page.relative_to(tmp_path)) in done.stderr
    assert not (tmp_path / ".codefree").exists()
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["missing.csv", "b.csv"],
        ["a.csv", "b.csv", "--metric", "nonsense"],
        ["a_test.csv", "a_train.csv"],
        ["a.csv", "b.csv", "--target", "lable"],
    ],
)
def test_what_a_run_refuses_it_refuses_without_loading_local_mode(
    tmp_path: Path, words: list[str]
) -> None:
    for name in ("a.csv", "b.csv", "a_train.csv", "a_test.csv"):
        (tmp_path / name).write_text(f"label,x\n1,{name}\n")
    script = (
        "import sys; from typer.testing import CliRunner; from codefree.cli import app\n"
        f"done = CliRunner().invoke(app, ['run', *{words}])\n"
        "print(done.output)\n"
        "sys.exit(done.exit_code != 1 or 'moto' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def started(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The process, which does not outlive a test that fails.

    A shell lets what it starts in the background ignore Ctrl-C, and so would all that is below it.
    """
    options["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, text=True, **options) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_serves_any_client_and_stops_without_leaving_a_process(
    tmp_path: Path, number: int
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [CODEFREE, "up", "--port", str(port), "--bucket", "b-1", "--home", "home"]
    command += ["--param", "TrainingMinutes=2"]
    with started(command, cwd=tmp_path, stdout=subprocess.PIPE) as running:
        assert running.stdout
        text = ""
        while "Ctrl-C stops it" not in text:
            text += running.stdout.readline()
        assert f"aws --endpoint-url http://127.0.0.1:{port} s3 cp" in text
        own = kept_credentials(tmp_path / "home")
        s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id=own.access_key,
            aws_secret_access_key=own.secret_key,
        )
        for half, first in (("train", 0), ("test", 400)):
            rows = "".join(f"{i % 2},{i}\n" for i in range(first, first + 400))
            s3.put_object(Bucket="b-1", Key=f"data/a_{half}.csv", Body=f"label,x\n{rows}".encode())
        process = psutil.Process(running.pid)
        deadline = time.monotonic() + LONGEST_SECONDS
        while not any("train.py" in " ".join(c.cmdline()) for c in children(process)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        before = children(process)
        os.kill(running.pid, number)
        assert running.wait(LONGEST_SECONDS) == 0
    assert not [process for process in before if is_alive(process)]


def test_ctrl_c_stops_the_run_and_its_jobs(tmp_path: Path) -> None:
    train, test = write_sample_data(tmp_path)
    command = [CODEFREE, "run", str(train), str(test), "--preset", "best_quality"]
    with started(command, cwd=tmp_path, stderr=subprocess.PIPE) as running:
        process = psutil.Process(running.pid)
        deadline = time.monotonic() + LONGEST_SECONDS
        while not any("train.py" in " ".join(c.cmdline()) for c in children(process)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        before = children(process)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=LONGEST_SECONDS)
    assert running.returncode == 1
    assert errors.startswith("Stopped.")
    assert not [process for process in before if is_alive(process)]


def children(process: psutil.Process) -> list[psutil.Process]:
    return [c for c in process.children(recursive=True) if is_alive(c)]


def test_up_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = codefree("up", "--port", taken.getsockname()[1], cwd=tmp_path)
    assert done.returncode == 1
    assert "Choose another with --port" in done.stderr
