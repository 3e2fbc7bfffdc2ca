"""What the tests of local mode upload to (:mod:`tests.one_aws`)."""

import itertools
from typing import Any

import pytest

from local.access.control import Call
from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import client, stack_with_stand_in
from tests.local.uploads import Uploader

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def iam(aws: LocalAws) -> Any:
    return client(aws, "iam")


@pytest.fixture(scope="session")
def role_calls(aws: LocalAws) -> list[Call]:
    """What roles call from now on."""
    calls: list[Call] = []
    aws.access.called = calls.append
    return calls


@pytest.fixture
def uploader(aws: LocalAws, stack: Stack) -> Uploader:
    return Uploader(aws, stack, f"set {next(_numbers)}")


@pytest.fixture
def lonely_uploader(aws: LocalAws, packed_template: str) -> Uploader:
    """An uploader whose stack no other test uses."""
    return Uploader(aws, stack_with_stand_in(aws, packed_template), "lonely")


@pytest.fixture(scope="module")
def lonely_stack(aws: LocalAws, packed_template: str) -> Stack:
    """A stack for executions that belong to no dataset."""
    return stack_with_stand_in(aws, packed_template)
