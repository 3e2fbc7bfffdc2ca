"""An endpoint as it stands, where it changes while it is looked at or was changed by hand."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.endpoints.tags import tag_list
from operate.serving.endpoint import Endpoint, EndpointNow

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/codefree-x"


def test_an_endpoint_that_is_gone_before_its_tags_are_read_is_none() -> None:
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    described = {
        "EndpointName": "codefree-x",
        "EndpointArn": ARN,
        "EndpointStatus": "Deleting",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_endpoint", described)
        stub.add_client_error("list_tags", "ValidationException", f'Could not find "{ARN}".')
        assert Endpoint(sagemaker, "codefree-x").now() is None


CONFIG = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/by-hand"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPENT = {"codefree:usd-per-hour": "0.5", "codefree:since": "2025-12-31T22:00:00+00:00"}
INSTANCE = {"VariantName": "all", "ModelName": "m", "InstanceType": "ml.m5.large"}


def as_it_stands(
    variants: list[dict[str, str]], tags: dict[str, str], config_tags: dict[str, str]
) -> EndpointNow:
    """What is told of an endpoint that somebody has given this configuration and these tags."""
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    times = {"CreationTime": NOW, "LastModifiedTime": NOW}
    described = {
        "EndpointName": "codefree-x",
        "EndpointArn": ARN,
        "EndpointConfigName": "by-hand",
        "EndpointStatus": "InService",
        **times,
    }
    config = {
        "EndpointConfigName": "by-hand",
        "EndpointConfigArn": CONFIG,
        "ProductionVariants": variants,
        "CreationTime": NOW,
    }
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_endpoint", described)
        stub.add_response("list_tags", {"Tags": tag_list(tags)})
        stub.add_response("describe_endpoint_config", config)
        stub.add_response("list_tags", {"Tags": tag_list(config_tags)})
        now = Endpoint(sagemaker, "codefree-x").now()
    assert now is not None
    return now


def test_a_configuration_made_by_hand_has_no_run() -> None:
    now = as_it_stands([INSTANCE], SPENT, {})
    assert (now.run, now.instance) == ("", "ml.m5.large")
    assert now.spent_usd(NOW) == pytest.approx(1.0)


def test_of_several_variants_none_is_taken_for_a_runs_model() -> None:
    other = INSTANCE | {"VariantName": "other", "InstanceType": "ml.c5.large"}
    now = as_it_stands([INSTANCE, other], SPENT, {"codefree:run": "run-1"})
    assert (now.run, now.instance) == ("", "ml.m5.large")


@pytest.mark.parametrize(
    "changed",
    [
        {"codefree:since": "yesterday"},
        {"codefree:usd-per-hour": "cheap"},
        {"codefree:usd-per-hour": "nan"},
        {"codefree:usd-per-hour": "-1"},
        {"codefree:spent-usd": "1,5"},
        {"codefree:since": ""},
    ],
)
def test_what_it_has_cost_is_not_told_from_tags_that_somebody_changed(
    changed: dict[str, str],
) -> None:
    now = as_it_stands([INSTANCE], SPENT | changed, {"codefree:run": "run-1"})
    assert now.run == "run-1" and now.spent_usd(NOW) is None


def test_a_time_without_a_zone_is_utc() -> None:
    changed = SPENT | {"codefree:since": "2025-12-31T22:00:00"}
    now = as_it_stands([INSTANCE], changed, {"codefree:run": "run-1"})
    assert now.spent_usd(NOW) == pytest.approx(1.0)


def test_of_the_tags_before_only_codefrees_own_are_put_back() -> None:
    """AWS refuses those that begin with aws:, which CloudFormation and others set."""
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    before = as_it_stands([INSTANCE], SPENT | {"aws:servicecatalog:x": "1", "team": "a"}, {})
    put_back = tag_list(SPENT)
    added = ["codefree:stack", "codefree:dataset", "codefree:run", "codefree:until"]
    added += ["codefree:spent-usd"]
    with Stubber(sagemaker) as stub:
        stub.add_response("add_tags", {"Tags": []}, {"ResourceArn": ARN, "Tags": put_back})
        stub.add_response("delete_tags", {}, {"ResourceArn": ARN, "TagKeys": added})
        Endpoint(sagemaker, "codefree-x")._tag_as_before(before)
        stub.assert_no_pending_responses()


def test_stopping_needs_no_more_than_the_endpoints_state() -> None:
    """Nobody has to be able to read its configuration or its tags, or to make sense of them."""
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    described = {
        "EndpointName": "codefree-x",
        "EndpointArn": ARN,
        "EndpointStatus": "InService",
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
    }
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_endpoint", described)
        stub.add_response("delete_endpoint", {})
        stub.add_response("list_endpoint_configs", {"EndpointConfigs": []})
        stub.add_response("list_models", {"Models": []})
        gone = 'Could not find endpoint "codefree-x".'
        stub.add_client_error("describe_endpoint", "ValidationException", gone)
        assert Endpoint(sagemaker, "codefree-x").stop()
        stub.assert_no_pending_responses()
