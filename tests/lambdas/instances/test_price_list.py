"""Prices and quotas: AWS's own where they can be read, the dated snapshot where not."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.stub import Stubber
from moto import mock_aws

import lambdas.instances
from lambdas.bucket.bucket import Bucket
from lambdas.instances.catalog import known_types, snapshot_catalog
from lambdas.instances.price_list import load_catalog
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types

REGION = "eu-west-1"


def product(name: str, component: str, price: str, unit: str = "Hrs") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": price}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceName": name, "component": component}},
            "terms": {"OnDemand": {"a": {"priceDimensions": {"b": dimension}}}},
            "publicationDate": "2026-11-20T10:00:00Z",
        }
    )


def query(component: str, token: str | None = None) -> dict[str, Any]:
    filters = {"regionCode": REGION, "component": component}
    asked: dict[str, Any] = {
        "ServiceCode": "AmazonSageMaker",
        "Filters": [{"Type": "TERM_MATCH", "Field": f, "Value": v} for f, v in filters.items()],
    }
    return asked | ({"NextToken": token} if token else {})


@pytest.fixture
def pricing() -> Any:
    client: Any = boto3.client(
        "pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stubber:
        client.stubber = stubber
        yield client


@pytest.fixture
def s3() -> Any:
    # moto's state is the process's, and other tests may have theirs in it.
    mock = mock_aws()
    mock.start(reset=False)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="prices")
    yield client
    for entry in client.list_objects_v2(Bucket="prices").get("Contents", []):
        client.delete_object(Bucket="prices", Key=entry["Key"])
    client.delete_bucket(Bucket="prices")
    mock.stop(remove_data=False)


def answer(pricing: Any, training: list[str], processing: list[str]) -> None:
    pricing.stubber.add_response(
        "get_products", {"PriceList": training[:1], "NextToken": "2"}, query("Training")
    )
    pricing.stubber.add_response(
        "get_products", {"PriceList": training[1:]}, query("Training", "2")
    )
    pricing.stubber.add_response("get_products", {"PriceList": processing}, query("Processing"))


def test_only_what_the_region_offers_for_both_jobs_is_taken_at_its_price(
    s3: Any, pricing: Any
) -> None:
    answer(
        pricing,
        [
            product("ml.m5.large", "Training", "0.128"),
            product("ml.m7i.large", "Training", "0.135"),
            product("ml.unknown.large", "Training", "0.001"),
            product("ml.c5.xlarge", "Training", "0.1"),
            product("ml.c5.xlarge", "Training", "0.23"),
            product("ml.c5.xlarge", "Training", "99", unit="Month"),
        ],
        [product("ml.m5.large", "Processing", "0.129"), product("ml.c5.xlarge", "Processing", "1")],
    )
    catalog = load_catalog(Bucket("prices", s3), REGION, pricing)
    prices = {t.name: (t.training_price, t.processing_price) for t in catalog.types}
    assert prices == {"ml.m5.large": (0.128, 0.129), "ml.c5.xlarge": (0.23, 1.0)}
    assert catalog.as_of == "AWS price list of eu-west-1, 2026-11-20"


def test_the_price_list_is_read_once_a_day(s3: Any, pricing: Any) -> None:
    key = f"runs/prices/{REGION}.json"
    answer(
        pricing,
        [product("ml.m5.large", "Training", "0.128")],
        [product("ml.m5.large", "Processing", "0.129")],
    )
    first = load_catalog(Bucket("prices", s3), REGION, pricing)
    assert (
        load_catalog(Bucket("prices", s3), REGION, pricing) == first
    )  # the stub has no second answer

    kept = json.loads(s3.get_object(Bucket="prices", Key=key)["Body"].read())
    kept["read"] = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    s3.put_object(Bucket="prices", Key=key, Body=json.dumps(kept).encode())
    answer(
        pricing,
        [product("ml.m5.large", "Training", "0.2")],
        [product("ml.m5.large", "Processing", "0.2")],
    )
    assert load_catalog(Bucket("prices", s3), REGION, pricing).types[0].training_price == 0.2


@pytest.mark.parametrize("trouble", ["denied", "empty", "no processing prices"])
def test_without_the_price_list_the_snapshot_counts(s3: Any, pricing: Any, trouble: str) -> None:
    if trouble == "denied":
        pricing.stubber.add_client_error("get_products", "AccessDeniedException")
    else:
        listed = [] if trouble == "empty" else [product("ml.m5.large", "Training", "0.1")]
        answer(pricing, listed, [])
    catalog = load_catalog(Bucket("prices", s3), REGION, pricing)
    assert catalog == snapshot_catalog(REGION)
    assert "snapshot" in catalog.as_of and "times 1.7" in catalog.as_of


def test_away_from_its_own_region_the_snapshot_offers_what_every_region_has() -> None:
    families = {t.name.split(".")[1] for t in snapshot_catalog("af-south-1").types}
    assert families == {"m5", "c5", "r5"}


def test_every_type_in_the_catalog_is_one_that_sagemaker_takes_for_both_jobs() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    for use in ("TrainingInstanceType", "ProcessingInstanceType"):
        shape: Any = model.shape_for(use)
        assert set(known_types()) <= set(shape.enum)


def test_every_price_has_a_source_and_families_cost_in_proportion_to_their_size() -> None:
    catalog = json.loads(Path(lambdas.instances.__file__).with_name("catalog.json").read_text())
    for entry in catalog["types"]:
        assert entry["source"] in catalog["sources"]
        if not entry["gpus"]:
            family = [e for e in catalog["types"] if e["name"].split(".")[1] in entry["name"]]
            rates = {round(e["price"] / e["vcpus"], 3) for e in family}
            assert max(rates) - min(rates) < 0.002


def test_quotas_of_zero_forbid_a_type_for_that_use_alone() -> None:
    client = boto3.client(
        "service-quotas", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="y"
    )
    names = {
        "ml.m5.large for training job usage": 0.0,
        "ml.c5.large for spot training job usage": 0.0,
        "ml.r5.large for processing job usage": 0.0,
        "ml.m5.xlarge for training job usage": 4.0,
        "ml.m5.xlarge for endpoint usage": 0.0,
    }
    quotas = [{"QuotaName": name, "Value": value} for name, value in names.items()]
    with Stubber(client) as stubber:
        stubber.add_response("list_service_quotas", {"Quotas": quotas[:2], "NextToken": "2"})
        stubber.add_response("list_service_quotas", {"Quotas": quotas[2:]})
        assert fetch_forbidden_types(client) == Forbidden(
            training=frozenset({"ml.m5.large"}),
            spot_training=frozenset({"ml.c5.large"}),
            processing=frozenset({"ml.r5.large"}),
        )
        stubber.add_client_error("list_service_quotas", "AccessDeniedException")
        assert fetch_forbidden_types(client) == Forbidden()
