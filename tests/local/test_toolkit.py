"""Local mode's script mode held to AWS's own toolkit, value by value, in both its versions.

Each program is run by both, in a folder that the same container has filled.
"""

import io
import json
import re
import tarfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lambdas.jobs.program_words import program_words
from lambdas.wish import Wish
from local.jobs.container import Container
from local.jobs.job import Job
from local.jobs.running import exit_code
from local.jobs.script_mode import ErrorLines, ScriptMode
from tests.lambdas.check.reading import checked
from tests.local.toolkit import VERSIONS, Toolkit, needs_toolkit
from tests.local.uploads import table as labelled
from workflow.package import training_tar
from workflow.state_machine import definition

# What a shell takes each for is something else than a name.
TARGETS = [
    *("Price (USD)", "driver's age", "x<y", "판매 가격(원)", "R&D", "a;b", "a|b", "`id`", "$HOME"),
    *("two\nlines", "가" * 250),
]
WISH = Wish(
    target="label",
    problem_type="auto",
    eval_metric="f1",
    presets="medium_quality",
    minutes=4 / 60,
    cost=1,
    spot=False,
)


def hyperparameters(target: str) -> dict[str, str]:
    """Those that the state machine makes."""
    state = {**replace(WISH, target=target).as_state()}
    given = definition()["States"]["Train"]["Parameters"]["HyperParameters"]
    made = {"sagemaker_region": "eu-central-1"}
    for name, value in given.items():
        if field := re.search(r"\$\.Configuration\.(\w+)", value):
            text = str(state[field[1]])
            made[name.removesuffix(".$")] = json.dumps(text) if "JsonTo" in value else text
        elif name not in made:
            made[name] = value
    return made


REQUEST = {
    "TrainingJobName": "codefree-a-train-0-0-0",
    "HyperParameters": hyperparameters("label"),
    "InputDataConfig": [
        {
            "ChannelName": name,
            "ContentType": kind,
            "DataSource": {"S3DataSource": {"S3Uri": f"s3://bucket/{name}/"}},
        }
        for name, kind in {
            "train": "text/csv",
            "check": "application/json",
            "code": "application/gzip",
        }.items()
    ],
}
STAND_IN = Path(__file__).parent / "stand_in" / "training" / "train.py"
SUCCESS = """
import json, os, sys
from pathlib import Path
found = {"environment": dict(os.environ), "arguments": sys.argv, "folder": os.getcwd(),
         "imported from": sys.path[1]}
Path(os.environ["SM_MODEL_DIR"], "found.json").write_text(json.dumps(found))
"""
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
RAISES = "def main():\n    raise ValueError('가 \"x\" is odd')\nmain()"
# The toolkit takes for a line what comes in at once, and Python writes a traceback in pieces.
AT_ONCE = """
import sys, traceback
sys.excepthook = lambda *error: sys.stderr.write("".join(traceback.format_exception(*error)))
"""
ENDS = {
    "an exception": AT_ONCE + RAISES,
    "a reason of its own": (
        "import os, pathlib, sys\n"
        "pathlib.Path(os.environ['SM_OUTPUT_DIR'], 'failure').write_text('The file is odd.')\n"
        "print('The file is odd.', file=sys.stderr)\nsys.exit(1)"
    ),
    "killed": KILLED,
    "an exit code": "raise SystemExit(3)",
    "no program": None,
}


def code_of(program: str | None) -> bytes:
    """A packed training code; with ``None``, one without the program."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in {"training/train.py": program, "training/__init__.py": ""}.items():
            if text is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


class Bucket:
    """An S3 client for one bucket that holds the job's inputs."""

    def __init__(self, code: bytes, target: str) -> None:
        table = labelled(40, target='"' + target + '"').encode()
        test = labelled(10, target='"' + target + '"').encode()
        check = checked(table, test, target)
        assert not check.errors
        self._objects = {
            "code/sourcedir.tar.gz": code,
            "train/a.csv": table,
            "check/check.json": json.dumps(check.as_json(), ensure_ascii=False).encode(),
        }

    def get_paginator(self, _operation: str) -> "Bucket":
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[Any]:  # noqa: N803
        keys = [key for key in self._objects if key.startswith(Prefix)]
        return [{"Contents": [{"Key": key} for key in keys]}]

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self._objects[Key])}


class Lines(list[str]):
    """A log."""

    write = list.append


@dataclass(frozen=True)
class Ended:
    """How a job ended, with the folder's own path taken out."""

    exit_code: int
    failure: str | None
    found: Any
    log: list[str]


def run(
    script_mode: Any, program: str | bytes | None, folder: Path, target: str = "label"
) -> Ended:
    request = REQUEST | {"HyperParameters": hyperparameters(target)}
    job = Job(
        "Training", "arn:aws:sagemaker:eu-central-1:123456789012:training-job/a", request=request
    )
    bucket = Bucket(program if isinstance(program, bytes) else code_of(program), target)
    container = Container(job, folder, bucket, script_mode, cpus=2, memory_gib=4)  # type: ignore[arg-type]
    container.download()
    started, said, log = container.program(), ErrorLines(), Lines()
    code = exit_code(started, job, log, said, time.monotonic() + 300, lambda: 0)  # type: ignore[arg-type]
    code = container.exit_code(started, code, said)

    def left(name: str) -> str | None:
        path = folder / name
        return path.read_text("utf-8").replace(str(folder), "/opt/ml") if path.exists() else None

    found = left("model/found.json") or left("model/model.json") or left("model/training.json")
    return Ended(code, left("output/failure"), json.loads(found or "{}"), log)


@needs_toolkit
@pytest.mark.parametrize(
    ("version", "end"),
    [("5.1.1", end) for end in ENDS]
    # Where the newest has other words.
    + [("5.1.4", end) for end in ("killed", "no program")],
)
def test_a_program_ends_as_with_the_toolkit(tmp_path: Path, version: Any, end: str) -> None:
    real = run(Toolkit(version), ENDS[end], tmp_path / "real")
    ours = run(ScriptMode(version), ENDS[end], tmp_path / "ours")
    assert real.exit_code == 1 and real.failure, real.log
    assert (ours.exit_code, ours.failure) == (real.exit_code, real.failure)


@needs_toolkit
def test_a_traceback_that_comes_in_pieces_is_told_as_a_whole(tmp_path: Path) -> None:
    failure = run(Toolkit("5.1.1"), RAISES, tmp_path / "real").failure
    words = program_words(f"AlgorithmError: {failure}, exit code: 1")
    assert words and words.reason == 'ValueError: 가 "x" is odd'


@needs_toolkit
@pytest.mark.parametrize("version", VERSIONS)
def test_a_program_sees_what_the_toolkit_shows_it(tmp_path: Path, version: Any) -> None:
    real = run(Toolkit(version), SUCCESS, tmp_path / "real")
    ours = run(ScriptMode(version), SUCCESS, tmp_path / "ours")
    assert (ours.exit_code, ours.failure) == (real.exit_code, real.failure) == (0, None)
    there, here = real.found.pop("environment"), ours.found.pop("environment")
    assert ours.found == real.found
    assert here.pop("PYTHONPATH") == there.pop("PYTHONPATH").split(":")[0]
    # A job has its share of the machine alone; the toolkit's summary repeats all other variables.
    different = {"SM_NUM_CPUS", "SM_TRAINING_ENV"}
    # What the real one needs to run here, and what is for training on several machines.
    different |= {"SAGEMAKER_BASE_DIR", "SAGEMAKER_TRAINING_MODULE", "SM_STUDIO_LOCAL_MODE"}
    different |= {name for name in there if name.startswith(("MASTER_", "NCCL_"))}
    for name in different:
        here.pop(name, None), there.pop(name, None)
    assert here == there


# The newest has no shell; two are enough to see that.
@needs_toolkit
@pytest.mark.parametrize(
    ("version", "number"),
    [("5.1.1", number) for number in range(len(TARGETS))]
    + [("5.1.4", TARGETS.index(target)) for target in ("Price (USD)", "a;b")],
)
def test_a_target_of_any_letters_is_trained(tmp_path: Path, version: str, number: int) -> None:
    ended = run(Toolkit(version), STAND_IN.read_text(), tmp_path, TARGETS[number])
    assert (ended.exit_code, ended.failure) == (0, None), ended.log
    name = " ".join(TARGETS[number].split())
    assert ended.found["parameters"]["target"] == name
    assert ended.found["rows"] == 40


@needs_toolkit
def test_the_real_training_is_started_by_the_toolkit(tmp_path: Path) -> None:
    target = "driver's 가격 (USD); `id` | $HOME"
    ended = run(Toolkit("5.1.1"), training_tar(), tmp_path, target)
    assert (ended.exit_code, ended.failure) == (0, None), ended.log
    assert ended.found["target"] == target
