"""Takes endpoints down, with everything that was made for them; doing it again does no harm.

Sources: API reference, DeleteEndpoint, DeleteEndpointConfig, DeleteModel, ListEndpoints. What is
not there is answered with a ValidationException that says "Could not find"; so is an endpoint that
is just being made or changed, with other words, and it can only be deleted afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from lambdas.endpoints.name import endpoint_of_part, stack_mark
from lambdas.endpoints.tags import STACK, read_tags

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_NOT_FOUND = ("could not find", "not found")
_REFUSED = "ValidationException"
# As what an endpoint can't be deleted yet (DescribeEndpoint, EndpointStatus).
UNDER_WAY = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class StackEndpoint:
    """An endpoint of a stack; ``status`` is SageMaker's own word."""

    name: str
    status: str
    tags: dict[str, str]


def list_endpoints(sagemaker: "SageMakerClient", stack: str) -> Iterator[StackEndpoint]:
    """The stack's endpoints."""
    pages = sagemaker.get_paginator("list_endpoints").paginate(NameContains=stack_mark(stack))
    for page in pages:
        for found in page["Endpoints"]:
            tags = _tags(sagemaker, found["EndpointArn"])
            if tags.get(STACK) == stack:
                yield StackEndpoint(found["EndpointName"], found["EndpointStatus"], tags)


def take_down(sagemaker: "SageMakerClient", endpoint: str) -> bool:
    """Deletes the endpoint, its configurations and its models, whichever of them there are.

    Returns:
        False if the endpoint is just being made, changed or deleted, and nothing was done.

    Raises:
        ClientError: AWS refuses it for another reason.
    """
    try:
        _delete_endpoint(sagemaker, endpoint)
    except ClientError as error:
        if error.response["Error"]["Code"] != _REFUSED:
            raise
        if _status(sagemaker, endpoint) in UNDER_WAY:
            return False
        # It has come to rest meanwhile, or waiting would not help.
        _delete_endpoint(sagemaker, endpoint)
    delete_parts(sagemaker, endpoint)
    return True


def delete_parts(
    sagemaker: "SageMakerClient", endpoint: str, kept: frozenset[str] = frozenset()
) -> None:
    """Deletes the endpoint's configurations and models, but those whose names are ``kept``."""
    for kind, part in _parts(sagemaker, f"{endpoint}-"):
        if endpoint_of_part(part) == endpoint and part not in kept:
            _delete_part(sagemaker, kind, part)


def delete_all_parts(sagemaker: "SageMakerClient", stack: str) -> None:
    """Deletes the configurations and models of all endpoints of the stack."""
    for kind, part in _parts(sagemaker, stack_mark(stack)):
        _delete_part(sagemaker, kind, part)


def is_not_found(error: ClientError) -> bool:
    """Whether AWS says that what was asked for is not there."""
    message = error.response["Error"].get("Message", "").lower()
    return any(words in message for words in _NOT_FOUND)


def _delete_endpoint(sagemaker: "SageMakerClient", name: str) -> None:
    """Deletes the endpoint, if there is one."""
    try:
        sagemaker.delete_endpoint(EndpointName=name)
    except ClientError as error:
        if not is_not_found(error):
            raise


def _status(sagemaker: "SageMakerClient", name: str) -> str | None:
    """The endpoint's status; None if it is gone."""
    pages = sagemaker.get_paginator("list_endpoints").paginate(NameContains=name)
    found = (each for page in pages for each in page["Endpoints"])
    return next((e["EndpointStatus"] for e in found if e["EndpointName"] == name), None)


def _tags(sagemaker: "SageMakerClient", arn: str) -> dict[str, str]:
    """The endpoint's tags; none where it was deleted meanwhile."""
    try:
        return read_tags(sagemaker, arn)
    except ClientError as error:
        if is_not_found(error):
            return {}
        raise


_Kind = Literal["config", "model"]


def _parts(sagemaker: "SageMakerClient", name_has: str) -> Iterator[tuple[_Kind, str]]:
    """Configurations, and the models behind them: a model is of no use without one."""
    configs = sagemaker.get_paginator("list_endpoint_configs").paginate(NameContains=name_has)
    models = sagemaker.get_paginator("list_models").paginate(NameContains=name_has)
    found: list[tuple[_Kind, str]] = []
    for page in configs:
        found += [("config", entry["EndpointConfigName"]) for entry in page["EndpointConfigs"]]
    for models_page in models:
        found += [("model", entry["ModelName"]) for entry in models_page["Models"]]
    yield from found


def _delete_part(sagemaker: "SageMakerClient", kind: _Kind, name: str) -> None:
    try:
        if kind == "config":
            sagemaker.delete_endpoint_config(EndpointConfigName=name)
        else:
            sagemaker.delete_model(ModelName=name)
    except ClientError as error:
        if not is_not_found(error):
            raise
