"""The evaluation's entry point, as the container's shell runs it: how its program ended is told."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from lambdas.jobs.program_words import program_words
from workflow.state_machine import definition

JOB = definition()["States"]["Evaluate"]["Parameters"]
ENTRY = JOB["AppSpecification"]["ContainerEntrypoint"]
# Amazon SageMaker AI API reference, AppSpecification.
LONGEST_ELEMENT = 256
# sagemaker-spark-container holds AWS to it (test_sagemaker_spark_errors.py).
NO_REASON = "AlgorithmError: See job logs for more information"
MEMORY = "The machine's memory ran out."
SAYS = "open('../output/message', 'w').write('The file is odd.')"
KILLED = "import os; os.kill(os.getpid(), 9)"


def run(folder: Path, program: str) -> tuple[int, str | None]:
    """The exit code and what is left as the message."""
    packed = folder / "processing" / "input" / "code" / "sourcedir.tar.gz"
    packed.parent.mkdir(parents=True)
    with tarfile.open(packed, "w:gz") as archive:
        entry = tarfile.TarInfo("training/evaluate.py")
        entry.size = len(program)
        archive.addfile(entry, io.BytesIO(program.encode()))
    command = [word.replace("/opt/ml", str(folder)) for word in ENTRY]
    done = subprocess.run(
        command, capture_output=True, env={"PATH": os.environ["PATH"]}, check=False
    )
    message = folder / "output" / "message"
    return done.returncode, message.read_text() if message.exists() else None


@pytest.mark.parametrize(
    ("program", "code", "message", "words"),
    [
        ("print('done')", 0, None, None),
        (f"{SAYS}; raise SystemExit(1)", 1, "The file is odd.", "The file is odd."),
        ("raise SystemExit(3)", 3, "exit code: 3\n", "The program ended with exit code 3"),
        (KILLED, 137, "exit code: 137\n", MEMORY),
        (f"{SAYS}; {KILLED}", 137, "exit code: 137\n", MEMORY),
        ("import os; os.kill(os.getpid(), 11)", 139, "exit code: 139\n", "The program was ended"),
    ],
)
def test_the_words_for_people_are_the_programs_or_tell_how_it_ended(
    tmp_path: Path, program: str, code: int, message: str | None, words: str | None
) -> None:
    assert run(tmp_path / "a b'$(c)", program) == (code, message)
    told = program_words(NO_REASON, message or "")
    assert not words or (told and told.reason.startswith(words))
    assert not told or told.ran_out_of_memory == (words == MEMORY)


def test_the_entry_point_fits_and_has_no_place_for_anybodys_text() -> None:
    assert all(len(word) <= LONGEST_ELEMENT for word in ENTRY)
    assert not any(word.startswith("$.") or "States." in word for word in ENTRY)
    assert not [name for name in JOB["AppSpecification"] if name.endswith(".$")]
