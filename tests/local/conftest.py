"""One local AWS and one stack for all tests of this folder; each test has datasets of its own."""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import client, stack_with_stand_in
from tests.local.uploads import Uploader
from workflow.package import template

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    local_aws = LocalAws(tmp_path_factory.mktemp("home"))
    local_aws.start()
    # As if the lines had been pasted that `codefree up` prints: the commands use them.
    os.environ["AWS_ACCESS_KEY_ID"] = local_aws.credentials.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = local_aws.credentials.secret_key
    yield local_aws
    local_aws.stop()


@pytest.fixture(scope="session")
def packed_template() -> str:
    return template()


@pytest.fixture(scope="session")
def stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture(scope="session")
def iam(aws: LocalAws) -> Any:
    return client(aws, "iam")


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
