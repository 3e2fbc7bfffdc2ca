"""An endpoint in local mode beside the bare prediction of the same rows in one's own process.

Both get the rows as CSV text. The bare one reads it by pandas and predicts with a model that is in
memory. A request also passes the door's signature, moto's server and the model's server.
"""

import contextlib
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.evaluation import made_table
from benchmarks.job_programs import train_job, write_table
from benchmarks.peak_memory import own_peak_mb, peak_mb_of
from local.aws import LocalAws
from tests.local.roles import role_trusting
from tests.local.stacks import client

_ROOT = Path(__file__).resolve().parent.parent
_TRAIN_ROWS = 5_000
_ROWS = {1: 50, 100: 30, 10_000: 10}  # how many requests of each size
_SECONDS = "30"
_NAME = "codefree-bench"
_IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023"


def main() -> None:
    """Trains a model, asks it both ways, and prints the table."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        train = write_table(made_table(_TRAIN_ROWS, 0), folder / "train.csv")
        parameters = {"target": "label", "eval_metric": "f1", "presets": "medium_quality"}
        test = write_table(made_table(1_000, 1), folder / "test.csv")
        archive = train_job(folder / "train", train, test, time_limit=_SECONDS, **parameters)
        for rows in _ROWS:
            write_table(made_table(rows, rows).drop(columns="label"), folder / f"{rows}.csv")
        command = [sys.executable, "-m", "benchmarks.endpoint", work, str(archive)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT)
        bare = json.loads(done.stdout.splitlines()[-1])
        served = _served(folder, archive)
    _print(bare, served)


def _served(folder: Path, archive: Path) -> dict[str, Any]:
    """What an endpoint takes: seconds to start, of a request by its rows, and MB of memory."""
    aws = LocalAws(folder / "home")
    aws.start()
    try:
        return _asked(aws, folder, archive)
    finally:
        aws.stop()


def _asked(aws: LocalAws, folder: Path, archive: Path) -> dict[str, Any]:
    aws.s3.create_bucket(Bucket="bench")
    aws.s3.put_object(Bucket="bench", Key="model.tar.gz", Body=archive.read_bytes())
    allowed = {"Effect": "Allow", "Action": ["s3:*", "ecr:*", "logs:*"], "Resource": "*"}
    model = {"Image": _IMAGE, "ModelDataUrl": "s3://bench/model.tar.gz"}
    role = role_trusting(client(aws, "iam"), "sagemaker", allowed)
    started = time.monotonic()
    sagemaker: Any = aws.sagemaker
    sagemaker.create_model(ModelName=_NAME, ExecutionRoleArn=role, PrimaryContainer=model)
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "all", "ModelName": _NAME, "ServerlessConfig": serverless}
    sagemaker.create_endpoint_config(EndpointConfigName=_NAME, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=_NAME, EndpointConfigName=_NAME)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.config.delay = 0.1
    waiter.wait(EndpointName=_NAME)
    told: dict[str, Any] = {"start": time.monotonic() - started}
    runtime: Any = client(aws, "sagemaker-runtime")

    def ask(text: bytes) -> None:
        answer = runtime.invoke_endpoint(
            EndpointName=_NAME, ContentType="text/csv", Accept="text/csv", Body=text
        )
        answer["Body"].read()

    told |= _latencies(folder, ask)
    return told | {"memory": _server_mb()}


def _server_mb() -> float:
    """The most memory that the model's server has taken."""
    most = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, OSError):
            if any("hosting" in word for word in process.cmdline()):
                most = max(most, peak_mb_of(process.pid))
    return most


def _bare(work: str, archive: str) -> None:
    """Asks the model in this process, and prints the same of it."""
    folder, started = Path(work), time.monotonic()
    from training.model.digest import digest_of_file
    from training.model.trained_model import model_in

    digest = digest_of_file(Path(archive), "", is_trusted=True)
    model = model_in(Path(archive), folder / "bare", digest)
    model.predictor.persist()
    told: dict[str, Any] = {"start": time.monotonic() - started}
    told |= _latencies(folder, lambda text: model.predictor.predict_proba(_table(text)))
    print(json.dumps(told | {"memory": own_peak_mb()}))


def _table(text: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(text))


def _latencies(folder: Path, ask: Callable[[bytes], Any]) -> dict[str, float]:
    """The median seconds of a request, by its rows."""
    told = {}
    for rows, times in _ROWS.items():
        text = (folder / f"{rows}.csv").read_bytes()
        ask(text)
        seconds = []
        for _ in range(times):
            started = time.monotonic()
            ask(text)
            seconds.append(time.monotonic() - started)
        told[str(rows)] = statistics.median(seconds)
    return told


def _print(bare: dict[str, Any], served: dict[str, Any]) -> None:
    table = Table(title=f"20 columns, medium_quality, models of {_SECONDS} s; medians")
    for column in ("", "own process", "endpoint", "times"):
        table.add_column(column, justify="left" if not column else "right")
    lines = {f"{rows:,} {'row' if rows == 1 else 'rows'}, ms": str(rows) for rows in _ROWS}
    for name, key in lines.items():
        own, asked = bare[key] * 1000, served[key] * 1000
        table.add_row(name, f"{own:.0f}", f"{asked:.0f}", f"{asked / own:.2f}")
    table.add_row("start, s", f"{bare['start']:.1f}", f"{served['start']:.1f}", "")
    table.add_row("peak memory, MB", f"{bare['memory']:.0f}", f"{served['memory']:.0f}", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    _bare(*sys.argv[1:]) if len(sys.argv) > 1 else main()
