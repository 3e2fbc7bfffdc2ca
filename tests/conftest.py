"""What holds for all tests."""

import functools
import gc
import os
import sys
from pathlib import PurePath
from typing import Any

import botocore.session
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from local.moto_loading import load_moto
from tests.browsing import browser
from tests.one_aws import aws, deployed, packed_template, shared, stack
from workflow.messages import compile_all

# As in the Makefile, for tests that are run without make: compiled modules are kept, or each worker
# and each process that a test starts compiles all that it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What is imported and collected stays to the end: nothing of it is searched for garbage, neither
# while it becomes more nor, again and again, by the tests (see pytest_collection_finish).
gc.disable()

# A busy machine takes longer, and that is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# A fixture is known by being here.
__all__ = ["aws", "browser", "deployed", "packed_template", "shared", "stack"]

# pytest-xdist tells its workers of 80 columns, in which tables for people lose their words.
os.environ["COLUMNS"] = "200"

# Each session of boto3 reads the descriptions of the services that it makes clients of, which are
# megabytes of JSON, and tests make hundreds of sessions. Moto reads its own.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

# Tests may be run without make, which compiles what gettext reads.
compile_all()

# As every command does it, before a test imports what changes moto.
load_moto()

# Tests of `codefree` as processes of their own share nothing: any worker may take any of them.
_EACH_ALONE = {"test_cli.py"}
# What takes long begins first, or one worker is left with it while the others have ended.
_LONG = {
    *("test_cli.py", "test_story.py", "test_kept.py", "test_rights.py", "test_killed_in_a_step.py"),
    *("test_faults.py", "test_prediction_faults.py", "test_predictions.py", "test_redrive.py"),
    *("test_uploads.py", "test_main_job.py", "test_serve.py", "test_deploy.py"),
    *("test_lost_events.py", "test_jobs.py", "test_choices.py", "test_operate.py"),
    *("test_smoke.py", "test_limits.py", "test_new_run.py", "test_champion.py"),
    *("test_crashes.py", "test_template.py", "test_train.py", "test_evaluate.py"),
    *("test_wild_input.py", "test_korean.py", "test_suspected_labels.py"),
    *("test_single_file.py", "test_model.py"),
}


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """A worker takes a whole file, or one test of those that share nothing.

    A folder below tests/local is taken as a whole, for its files may share a stack.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        if PurePath(path).parent.parent == PurePath("tests/local"):
            return str(PurePath(path).parent)
        return f"{path}::{test.partition('[')[0]}" if PurePath(path).name in _EACH_ALONE else path


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist is switched off there is no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    """Says which tests stay together, and that files are taken up in the order below."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says in which order files are taken up.

    Those of local mode, and of the console that is looked at in it, come last: it changes moto for
    the rest of the process, and the others are to meet moto as it is.
    """
    items.sort(key=_place)


def pytest_collection_finish() -> None:
    """Garbage is collected from here on, and seldom: local mode holds hundreds of thousands of
    objects, which are searched each time. With Python's own thresholds that took a seventh of the
    time that its tests take."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


def _place(item: pytest.Item) -> tuple[bool, bool]:
    path = PurePath(item.nodeid.partition("::")[0])
    return path.parts[1] in ("local", "console"), path.name not in _LONG
