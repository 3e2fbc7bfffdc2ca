"""Whole runs whose trainings AWS's own toolkit starts: every kind of end and of target."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdas.instances.catalog import known_types
from lambdas.runs.execution_story import reason_of_failure
from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import stack_with_stand_in
from tests.local.toolkit import VERSIONS, Toolkit, needs_toolkit
from tests.local.uploads import Uploader
from tests.local.uploads import table as labelled

pytestmark = needs_toolkit
TARGET = "driver's 가격 (USD) x<y R&D a;b a|b `id` $HOME"
_numbers = itertools.count(1)
WORDS_OF_THE_TOOLKIT = ("ExecuteUser", "ExitCode", "ErrorMessage", "Command")


@pytest.fixture
def toolkit(aws: LocalAws, request: pytest.FixtureRequest) -> Iterator[str]:
    """The version that starts the trainings."""
    ours = aws.jobs.script_mode
    aws.jobs.script_mode = Toolkit(request.param)  # type: ignore[assignment]
    yield request.param
    aws.jobs.script_mode = ours


@pytest.fixture(scope="module")
def named_stack(aws: LocalAws, packed_template: str) -> Stack:
    """A stack whose column to predict has every letter in it that a shell reads."""
    return stack_with_stand_in(aws, packed_template, TargetVariable=TARGET)


@pytest.fixture
def uploader(aws: LocalAws, named_stack: Stack) -> Uploader:
    return Uploader(aws, named_stack, f"run {next(_numbers)}")


def table(behaviour: str = "") -> str:
    return labelled(12, behaviour, TARGET)


both = pytest.mark.parametrize("toolkit", VERSIONS, indirect=True)


@both
@pytest.mark.usefixtures("toolkit")
def test_a_killed_training_goes_on_with_more_memory(uploader: Uploader, tmp_path: Path) -> None:
    uploader.upload_pair(table(f"killed once {tmp_path / 'before'}"), table())
    summary = json.loads(uploader.worked()["output"])
    [attempt] = summary["Attempts"]
    assert attempt["Why"] == "The machine's memory ran out."
    assert summary["Metrics"]["model"]["parameters"]["target"] == TARGET
    jobs = uploader.training_jobs()[::-1]
    assert [job["TrainingJobStatus"] for job in jobs] == ["Failed", "Completed"]
    assert re.match(r"AlgorithmError: ExecuteUserScriptError:\nExitCode (137|-9)\n",
                    jobs[0]["FailureReason"])  # fmt: skip
    assert TARGET not in json.dumps(jobs, default=str, ensure_ascii=False)
    types = [known_types()[job["ResourceConfig"]["InstanceType"]] for job in jobs]
    assert types[0]["memory_gib"] < types[1]["memory_gib"]


@pytest.mark.parametrize(
    ("toolkit", "behaviour", "words"),
    [
        ("5.1.4", "fail", "failed: The stand-in was told to fail. "),
        ("5.1.1", "raise", "failed: ValueError: The stand-in was told to raise. "),
    ],
    indirect=["toolkit"],
)
@pytest.mark.usefixtures("toolkit")
def test_a_failed_training_is_told_without_the_toolkits_words(
    uploader: Uploader, behaviour: str, words: str
) -> None:
    uploader.upload_pair(table(behaviour), table())
    reason = reason_of_failure(uploader.failed()["cause"])
    assert words in reason
    assert not [word for word in WORDS_OF_THE_TOOLKIT if word in reason]
