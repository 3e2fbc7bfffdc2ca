"""An older version beside this one: each measurement in both, in turn, on one machine.

``python -m benchmarks.before_after REVISION [NAME ...]`` measures everything, or what is named. The
programs that measure are this version's: its ``benchmarks/`` and ``tests/`` take the place of the
older ones, in a checkout of its own.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks import check, setup
from benchmarks.performance_page import show
from benchmarks.start import KEPT_RUNS

_ROOT = Path(__file__).resolve().parent.parent
_ROUNDS = 2
_PAIRS = int(os.environ.get("CODEFREE_BENCHMARK_PAIRS", "1000"))

Figures = dict[str, float]


@dataclass(frozen=True)
class Version:
    """A checkout of the project, whose programs run in this one's environment.

    ``work`` is a folder for what it makes. The files of the check are in ``files``, for all
    versions, and in the S3 at ``endpoint``.
    """

    root: Path
    work: Path
    files: Path
    endpoint: str

    def told(self, program: str, *arguments: str) -> dict[str, Any]:
        """What ``python -m benchmarks.PROGRAM ARGUMENTS`` prints as its last line, read as JSON.

        Raises:
            CalledProcessError: the program has failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{program}", *arguments],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def uploaded(self, size: int) -> Path:
        """The train file of a pair of so many MB, which is in the bucket as well."""
        if not (train := check.train_file(self.files, size)).exists():
            check.uploaded_pair(self.files, self.endpoint, size)
        return train


@dataclass(frozen=True)
class Measurement:
    """Figures that are measured together, so many times: of each the smallest counts. ``aims`` are
    those of the table in which they were asked for."""

    figures: Callable[[Version], Figures]
    rounds: int = _ROUNDS
    aims: dict[str, str] = field(default_factory=dict)


def starting(version: Version) -> Figures:
    """Seconds from the keystroke."""
    cases = {
        "codefree run, its first line, s": ["run", "first"],
        "codefree run, what the check has found, s": ["run"],
        "codefree up, empty home, s": ["up"],
    }
    if not (home := version.work / "kept").exists():
        version.told("start", "kept", str(home), str(KEPT_RUNS))
    cases[f"codefree up, {KEPT_RUNS:,} kept runs, s"] = ["up", str(home)]
    return {name: version.told("start", *words)["seconds"] for name, words in cases.items()}


def checking(version: Version) -> Figures:
    """The check of a pair beside pandas.read_csv of its train file."""
    figures: Figures = {}
    version.uploaded(check.WARM_UP_MB)
    for size in check.SIZES_MB:
        train = str(version.uploaded(size))
        ours = version.told("check", "check", train, version.endpoint)
        pandas = version.told("check", "pandas", train, version.endpoint)
        figures |= {
            f"check of {size:,} MB / pandas.read_csv": ours["seconds"] / pandas["seconds"],
            f"check of {size:,} MB, CPU s": ours["cpu_seconds"],
            f"check of {size:,} MB, peak MB": ours["peak_mb"],
        }
    return figures


def functions(version: Version) -> Figures:
    """Processor seconds of CheckPair."""
    imported = version.told("functions", "import", "lambdas.check_pair")
    train = str(version.uploaded(10))
    checked = version.told("functions", "check", train, version.endpoint)
    return {
        "CheckPair, imports beyond boto3, CPU s": imported["cpu_seconds"],
        "CheckPair, cold, 10 MB, CPU s": checked["cold_cpu_seconds"],
        "CheckPair, warm, 10 MB, CPU s": checked["warm_cpu_seconds"],
    }


def evaluating(version: Version) -> Figures:
    """The evaluation step beside the bare prediction."""
    figures: Figures = {}
    for rows in (1_000, 1_000_000):
        step, bare = (
            version.told("evaluation", kind, str(rows), str(version.work / "evaluation"))
            for kind in ("job", "bare")
        )
        figures |= {
            f"evaluation of {rows:,} rows, s": step["seconds"],
            f"evaluation of {rows:,} rows / bare prediction": step["seconds"] / bare["seconds"],
        }
    return figures


def running(version: Version) -> Figures:
    """Whole runs beside scripts that train the same models."""
    told = {
        (kind, case): version.told("overhead", kind, case)
        for kind in ("run", "same")
        for case in ("sample", "large")
    }
    ours, script = (
        told[kind, "sample"]["seconds"] - told[kind, "sample"]["fit_seconds"]
        for kind in ("run", "same")
    )
    return {
        "codefree run of the sample, s more than a script, both without the fit": ours - script,
        "codefree run, 60 s on 60,000 rows / the same models in a script": (
            told["run", "large"]["seconds"] / told["same", "large"]["seconds"]
        ),
    }


def loading(version: Version) -> Figures:
    """Many pairs at once."""
    told = version.told("load", "one", str(_PAIRS))
    return {
        f"{_PAIRS:,} pairs, s": told["seconds"],
        f"{_PAIRS:,} pairs, CPU s": told["cpu_main"] + told["cpu_lambdas"] + told["cpu_jobs"],
        f"{_PAIRS:,} pairs, MiB of local mode": told["mib_most"],
    }


def setting_up(version: Version) -> Figures:
    """A fresh clone."""
    told = setup.measured(version.root)
    ready, first = told["set-up of make run"], told["make run, the first time"]
    return {
        "set-up of make run, s": ready["seconds"],
        "set-up of make run, CPU s": ready["cpu_seconds"],
        "make run on a fresh machine, s": ready["seconds"] + first["seconds"],
        "make run on a fresh machine, MB": first["mb"],
    }


MEASUREMENTS = {
    "start": Measurement(
        starting,
        aims={
            "codefree run, its first line, s": "0.5",
            "codefree up, empty home, s": "3",
            f"codefree up, {KEPT_RUNS:,} kept runs, s": "5",
        },
    ),
    "check": Measurement(
        checking,
        aims={
            "check of 10 MB / pandas.read_csv": "1",
            "check of 100 MB / pandas.read_csv": "0.6",
            "check of 1,000 MB / pandas.read_csv": "0.4",
            "check of 1,000 MB, peak MB": "400",
        },
    ),
    "functions": Measurement(functions, aims={"CheckPair, imports beyond boto3, CPU s": "0.7"}),
    "evaluation": Measurement(
        evaluating,
        rounds=1,
        aims={
            "evaluation of 1,000 rows, s": "3",
            "evaluation of 1,000,000 rows / bare prediction": "1.5",
        },
    ),
    "overhead": Measurement(
        running,
        rounds=1,
        aims={
            "codefree run of the sample, s more than a script, both without the fit": "4",
            "codefree run, 60 s on 60,000 rows / the same models in a script": "1.1",
        },
    ),
    "load": Measurement(loading, rounds=1),
    "setup": Measurement(
        setting_up,
        rounds=1,
        aims={"set-up of make run, s": "90", "make run on a fresh machine, MB": "1,700"},
    ),
}


def main(revision: str, names: list[str]) -> None:
    table = Table(title=f"{_described(revision)} beside {_described('HEAD')}")
    table.add_column("what")
    for column in ("before", "after", "after / before", "aim"):
        table.add_column(column, justify="right")
    with (
        tempfile.TemporaryDirectory() as work,
        _checkout(revision, folder := Path(work)) as older,
        check.local_s3(folder / "s3") as endpoint,
    ):
        before = Version(older, folder / "old", folder, endpoint)
        after = Version(_ROOT, folder / "new", folder, endpoint)
        for name, measurement in MEASUREMENTS.items():
            if not names or name in names:
                _add(table, measurement, before, after)
    show("before and after", table)


def _add(table: Table, measurement: Measurement, before: Version, after: Version) -> None:
    smallest: dict[Path, Figures] = {before.root: {}, after.root: {}}
    for _ in range(measurement.rounds):
        for version in (before, after):
            version.work.mkdir(exist_ok=True)
            known = smallest[version.root]
            for name, figure in measurement.figures(version).items():
                known[name] = min(known.get(name, figure), figure)
    for name, now in smallest[after.root].items():
        was = smallest[before.root][name]
        cells = f"{was:.4g}", f"{now:.4g}", f"{now / was:.2f}"
        table.add_row(name, *cells, measurement.aims.get(name, ""))


@contextmanager
def _checkout(revision: str, folder: Path) -> Iterator[Path]:
    """The older version, with the programs that measure of this one."""
    older = folder / "older"
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", _ROOT, older], check=True)
    subprocess.run(["git", "checkout", "--quiet", revision], cwd=older, check=True)
    for name in ("benchmarks", "tests"):
        shutil.rmtree(older / name)
        shutil.copytree(_ROOT / name, older / name)
    compiling = [sys.executable, "-m", "workflow.messages", "compile"]
    subprocess.run(compiling, cwd=older, env=os.environ | {"PYTHONPATH": str(older)}, check=True)
    yield older


def _described(revision: str) -> str:
    command = ["git", "log", "-1", "--format=%h of %cs", revision]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=_ROOT
    ).stdout.strip()


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    os.environ.setdefault("AG_CPU_COUNT", str(os.cpu_count()))
    main(sys.argv[1], sys.argv[2:])
