"""One stack for all tests of this folder."""

import pytest

from local.aws import LocalAws
from operate.account import Account
from operate.doctor.template import Template
from tests.local.doctor.ward import Ward
from tests.local.stacks import resources, stack_with_stand_in


@pytest.fixture(scope="package")
def ward(aws: LocalAws, packed_template: str) -> Ward:
    account = Account(endpoint=aws.endpoint, key=aws.credentials)
    stack = stack_with_stand_in(aws, packed_template)
    return Ward(aws, stack, Template(packed_template), resources(aws, stack), account)


@pytest.fixture(scope="package")
def template_file(packed_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("dist") / "codefree.yaml"
    path.write_text(packed_template)
    return str(path)
