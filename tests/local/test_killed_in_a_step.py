"""Local mode killed by SIGKILL while a run is in each of its steps, and started again."""

import sys
from functools import partial
from pathlib import Path

from tests.local.codefree_up import Up, put
from tests.local.hanging import HANGS
from tests.local.stacks import stand_in_code
from tests.local.uploads import Uploader, table

# What still needs the machine's one slot for jobs comes first.
ORDER = [
    "Publish",
    "SealModel",
    "Evaluate",
    "Train",
    "RecoverTraining",
    "ReserveBudget",
    "PickInstance",
    "CheckPair",
]
STEPS = ["CheckPair", "PickInstance", "ReserveBudget", "Train", "SealModel", "Evaluate", "Publish"]


def test_a_run_that_was_killed_in_any_step_is_explained_and_goes_on_from_there(
    tmp_path: Path,
) -> None:
    assert set(ORDER) == set(HANGS)
    up = Up(tmp_path / "home").start(program=(sys.executable, "-m", "tests.local.hanging"))
    try:
        put(up, "source/sourcedir.tar.gz", stand_in_code())
        uploaders = {step: up.uploader(f"in {step}") for step in ORDER}
        for step, uploader in uploaders.items():
            uploader.upload_pair(table(), table(6))
            uploader.wait(partial(is_in, uploader, step))
        up.kill().start()
        for step, uploader in uploaders.items():
            failed = [e for e in uploader.executions() if e["status"] == "FAILED"]
            assert failed, step
            for execution in failed:
                assert execution["error"] == "LocalMode.Interrupted"
                assert uploader.states_entered(execution)[-1] == step
            page = explained(uploader)
            assert f"failed at {step}" in page and "Nothing is lost" in page
            for execution in failed:
                up.states.redrive_execution(executionArn=execution["executionArn"])
        for step, uploader in uploaders.items():
            assert {e["status"] for e in uploader.executions()} == {"SUCCEEDED"}
            entered = uploader.states_entered(uploader.worked())
            tasks = [name for name in entered if name in STEPS]
            twice = {"RecoverTraining": "Train"}.get(step, step)
            at = STEPS.index(twice)
            assert tasks == STEPS[: at + 1] + STEPS[at:]
            made = (len(uploader.training_jobs()), len(uploader.evaluation_jobs()))
            assert made == {
                "Train": (2, 1),
                "RecoverTraining": (2, 1),
                "Evaluate": (1, 2),
            }.get(step, (1, 1))
    finally:
        up.kill()


def is_in(uploader: Uploader, step: str) -> bool:
    """Whether a run of the dataset is in ``step``, and has begun there what it waits for."""
    entered = [uploader.states_entered(e) for e in uploader.described()]
    jobs = {"Train": uploader.training_jobs, "Evaluate": uploader.evaluation_jobs}
    is_there = any(states[-1:] == [step] for states in entered)
    return is_there and (step not in jobs or bool(jobs[step]()))


def explained(uploader: Uploader) -> str:
    found: list[str] = []

    def is_there() -> bool:
        found[:] = [k for k in uploader.keys(f"results/{uploader.name}/") if "failure.html" in k]
        return bool(found)

    uploader.wait(is_there)
    page = uploader.aws.s3.get_object(Bucket=uploader.stack.bucket, Key=found[0])
    return str(page["Body"].read().decode())
