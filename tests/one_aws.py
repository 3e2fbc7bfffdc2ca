"""One local AWS and one stack for all tests that need them; each test has datasets of its own."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import SharedFolders

if TYPE_CHECKING:
    from local.aws import LocalAws
    from local.stack import Stack


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SharedFolders:
    return SharedFolders(tmp_path_factory)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator["LocalAws"]:
    from local.aws import LocalAws

    local_aws = LocalAws(tmp_path_factory.mktemp("home"))
    local_aws.start()
    # As if the lines had been pasted that `codefree up` prints: the commands use them.
    os.environ["AWS_ACCESS_KEY_ID"] = local_aws.credentials.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = local_aws.credentials.secret_key
    yield local_aws
    local_aws.stop()


@pytest.fixture(scope="session")
def packed_template(shared: SharedFolders) -> str:
    """The template, which one process packs where none has since a source file was changed."""
    from workflow.package import PACKED, cached_template

    assert PACKED
    folder = PACKED
    shared.made("template", lambda _: cached_template(folder))
    return cached_template(folder)


@pytest.fixture(scope="session")
def deployed(packed_template: str) -> dict[str, Any]:
    """What the packed template holds."""
    from operate.doctor.template import Template

    return Template(packed_template).content


@pytest.fixture(scope="session")
def stack(aws: "LocalAws", packed_template: str) -> "Stack":
    from tests.local.stacks import stack_with_stand_in

    return stack_with_stand_in(aws, packed_template)
