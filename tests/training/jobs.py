"""The jobs' programs, run as SageMaker runs them: processes, environment variables and folders."""

import hashlib
import importlib
import json
import multiprocessing
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from lambdas.language import spoken_in
from lambdas.wish import Language
from tests.lambdas.check.reading import PLANNED, checked

Write = Callable[[pd.DataFrame], bytes]

# How models are compressed: as hard as Python does it by itself, a model of numbers took 3.5 s.
FAST = 1


def plainly(table: pd.DataFrame) -> bytes:
    """The table as a CSV file, as pandas writes it."""
    return table.to_csv(index=False).encode()


@dataclass
class Trained:
    """A trained model's archive, the rows that were kept for tests, and how files are written."""

    archive: Path
    train: pd.DataFrame
    test: pd.DataFrame
    target: str = "label"
    write: Write = plainly

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.archive.read_bytes()).hexdigest()


@dataclass
class Results:
    """What an evaluation wrote."""

    folder: Path
    name: str

    @property
    def metrics(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "metrics.json").read_text(encoding="utf-8")))

    @property
    def predictions(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{self.name}_test_prediction.csv")

    def text(self, suffix: str) -> str:
        return (self.folder / f"{self.name}_{suffix}").read_text(encoding="utf-8")


# Loading the libraries takes longer than most of the programs: they are loaded once, in a process
# that is forked for each program.
_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(
    [
        *("training.train", "training.evaluate", "training.report.figures"),
        *("lightgbm", "catboost", "xgboost"),
        "tests.training.listed_packages",
        # AutoGluon loads these when it fits or loads a model.
        *("networkx", "sklearn.ensemble"),
        # The last, for it is about all that is loaded by then.
        "tests.training.loaded_for_good",
    ]
)
# The training's program, and the same with small models, for which a longer time limit is enough on
# any machine; with 30 s the training would make folds.
WHOLE, FEW_TREES = "training.train", "tests.training.few_trees"
_SECONDS = {WHOLE: "8", FEW_TREES: "29"}


@dataclass
class Ended:
    """How a program ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run_program(module: str, environment: dict[str, str]) -> Ended:
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("stdout", "stderr")]
        process = _fork.Process(target=_program, args=[module, environment, *said])
        process.start()
        process.join()
        assert process.exitcode is not None
        return Ended(process.exitcode, *(path.read_text(encoding="utf-8") for path in said))


def _program(module: str, environment: dict[str, str], stdout: Path, stderr: Path) -> None:
    """Runs the program in this process of its own."""
    os.environ.update({"AG_CPU_COUNT": "2"} | environment)
    for number, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    importlib.import_module(module).main()


def write_check(
    folder: Path,
    train: bytes,
    test: bytes,
    target: str = "label",
    positive_class: str = "auto",
    language: Language = "en",
) -> None:
    """What the real check hands on to the jobs for these files."""
    folder.mkdir()
    planned = replace(PLANNED, positive_class=positive_class)
    with spoken_in(language):
        found = checked(train, test, target, planned).as_json() | {"language": language}
    (folder / "check.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def train(folder: Path, table: pd.DataFrame, write: Write = plainly, **parameters: str) -> Ended:
    for name in ("train", "model", "output"):
        (folder / name).mkdir(parents=True)
    written = write(table)
    (folder / "train" / "train.csv").write_bytes(written)
    target = parameters.pop("target", "label")
    positive_class = parameters.pop("positive_class", "auto")
    language = cast(Language, parameters.pop("language", "en"))
    program = parameters.pop("program", WHOLE)
    write_check(folder / "check", written, written, target, positive_class, language)
    defaults = {"problem_type": "auto", "eval_metric": "f1"}
    environment = {
        "SM_HPS": json.dumps(
            defaults | {"presets": "medium_quality", "time_limit": _SECONDS[program]} | parameters
        ),
        "SM_CHANNEL_TRAIN": str(folder / "train"),
        "SM_CHANNEL_CHECK": str(folder / "check"),
        "SM_MODEL_DIR": str(folder / "model"),
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    return run_program(program, environment)


def trained(
    folder: Path,
    table: pd.DataFrame,
    test: pd.DataFrame,
    write: Write = plainly,
    **parameters: str,
) -> Trained:
    done = train(folder, table, write, **parameters)
    assert done.returncode == 0, done.stderr
    archive = folder / "model.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=FAST) as packed:
        packed.add(folder / "model", arcname=".")
    return Trained(archive, table, test, parameters.get("target", "label"), write)


def evaluate(
    folder: Path,
    model: Trained,
    test: pd.DataFrame,
    name: str = "a",
    language: Language = "en",
    approved: Trained | None = None,
) -> tuple[Ended, Results]:
    for part in ("model", "test", "output", "results"):
        (folder / part).mkdir(parents=True)
    (folder / "model" / "model.tar.gz").write_bytes(model.archive.read_bytes())
    written = model.write(test)
    (folder / "test" / "test.csv").write_bytes(written)
    train = model.write(model.train)
    write_check(folder / "check", train, written, model.target, language=language)
    freeze_approved(folder / "champion", approved)
    environment = {
        "CODEFREE_NAME": name,
        "CODEFREE_INPUT": str(folder),
        "CODEFREE_OUTPUT": str(folder / "results"),
        "CODEFREE_MODEL_SHA256": model.sha256,
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    return run_program("training.evaluate", environment), Results(folder / "results", name)


def freeze_approved(folder: Path, approved: Trained | None) -> None:
    """What SealModel leaves of the approved model, if there is one."""
    folder.mkdir()
    told: dict[str, Any] = {}
    if approved:
        told = {"run": "20261101-070000-0123ab", "version": 3, "sha256": approved.sha256}
        (folder / "model.tar.gz").write_bytes(approved.archive.read_bytes())
    (folder / "champion.json").write_text(json.dumps(told), encoding="utf-8")


def evaluated(folder: Path, model: Trained, test: pd.DataFrame, name: str = "a") -> Results:
    done, results = evaluate(folder, model, test, name)
    assert done.returncode == 0, done.stderr
    return results
