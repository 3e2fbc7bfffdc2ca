"""One bucket and one role that hosts models, for the tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from local.aws import REGION, LocalAws
from tests.local.hosting.hosted import Hosts


@pytest.fixture(scope="session")
def client(aws: LocalAws) -> Callable[..., Any]:
    own = aws.credentials
    session: Any = boto3.Session(own.access_key, own.secret_key, region_name=REGION)
    return lambda service, **more: session.client(service, endpoint_url=aws.endpoint, **more)


@pytest.fixture(scope="module")
def hosts(client: Callable[..., Any], request: pytest.FixtureRequest) -> Iterator[Hosts]:
    """What hosts models; the endpoints are gone after the module's tests."""
    name = request.module.__name__.rpartition(".")[2].replace("_", "-")
    made = Hosts(client, f"{name}-bucket", f"{name}-role")
    yield made
    pages = made.sagemaker.get_paginator("list_endpoints").paginate()
    for each in [e for page in pages for e in page["Endpoints"]]:
        made.delete(each["EndpointName"])
