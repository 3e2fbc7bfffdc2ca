"""Endpoints in an account, made as the command makes them."""

from typing import Any

from lambdas.endpoints.name import endpoint_name, new_part_name
from lambdas.endpoints.tags import STACK, tag_list

ROLE = "arn:aws:iam::123456789012:role/ServeRole"


def make_endpoint(sagemaker: Any, stack: str, dataset: str, **tags: str) -> str:
    """An endpoint with its configuration and model; returns its name."""
    name = endpoint_name(stack, dataset)
    part = make_part(sagemaker, stack, name)
    sagemaker.create_endpoint(
        EndpointName=name, EndpointConfigName=part, Tags=tag_list({STACK: stack, **tags})
    )
    return name


def make_part(sagemaker: Any, stack: str, endpoint: str) -> str:
    """A configuration and a model, which an endpoint may or may not use."""
    part, tags = new_part_name(endpoint), tag_list({STACK: stack})
    sagemaker.create_model(ModelName=part, ExecutionRoleArn=ROLE, Tags=tags)
    variant = {"VariantName": "all", "ModelName": part, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=part,
        ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}],
        Tags=tags,
    )
    return part


def names(sagemaker: Any) -> dict[str, list[str]]:
    """All endpoints, configurations and models there are."""
    return {
        "endpoints": sorted(e["EndpointName"] for e in sagemaker.list_endpoints()["Endpoints"]),
        "configs": sorted(
            c["EndpointConfigName"] for c in sagemaker.list_endpoint_configs()["EndpointConfigs"]
        ),
        "models": sorted(m["ModelName"] for m in sagemaker.list_models()["Models"]),
    }
