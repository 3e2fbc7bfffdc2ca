"""What serves a model is told with its cost, and fits the model."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.instances.hosting_prices import Price, instance_price, serverless_price
from operate.account import CannotDo
from operate.serving.hosting import (
    OnInstance,
    Serverless,
    memory_for,
    require_usable_instance,
)

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
PRICE = Price(0.115, "AWS price list of us-east-1, 2026-11-20")


@pytest.mark.parametrize(
    ("archive_mb", "memory_gb"), [(0.2, 2), (10, 2), (200, 2), (300, 3), (700, 5), (1000, 6)]
)
def test_the_memory_grows_with_the_model(archive_mb: float, memory_gb: int) -> None:
    assert memory_for(int(archive_mb * 2**20)) == memory_gb


def test_a_model_that_is_too_large_for_serverless_is_told_what_to_do() -> None:
    with pytest.raises(CannotDo, match=r"has 2\.0 GB packed .* at most 6 GB.*--instance ml\."):
        memory_for(2 * 2**30)


def test_an_instance_is_told_with_its_price_until_the_end_and_a_month() -> None:
    hosting = OnInstance("ml.m5.large", PRICE, NOW + timedelta(hours=8))
    told = " ".join(hosting.sentences(NOW))
    assert "One ml.m5.large: 0.115 USD an hour (AWS price list of us-east-1, 2026-11-20)" in told
    assert "at most 0.95 USD" in told  # 8.25 hours
    assert "a whole month would be 83.95 USD" in told
    assert hosting.variant() == {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def test_serverless_costs_nothing_while_idle_and_has_its_limits_told() -> None:
    hosting = Serverless(3, Price(0.00006, "list"))
    told = " ".join(hosting.sentences())
    assert "costs nothing while it is idle, and 0.000060 USD for each second" in told
    for limit in ("4 MB", "60 s", "5 requests at once", "loaded again"):
        assert limit in told
    assert hosting.usd_per_hour == 0
    assert hosting.variant()["ServerlessConfig"]["MemorySizeInMB"] == 3072


@pytest.mark.parametrize(
    ("instance", "takes_key"),
    [
        ("ml.m5.large", True),
        ("ml.c7i.xlarge", True),
        ("ml.m5d.large", False),
        ("ml.r6id.xlarge", False),
        ("ml.i3.large", False),
    ],
)
def test_a_disk_of_an_instance_s_own_takes_no_key(instance: str, takes_key: bool) -> None:
    require_usable_instance(instance)
    assert OnInstance(instance, PRICE, NOW).takes_key == takes_key


@pytest.mark.parametrize("instance", ["m5.large", "ml.g5.xlarge", "ml.inf2.xlarge", "ml.m5", "; x"])
def test_what_can_t_serve_the_model_is_refused(instance: str) -> None:
    with pytest.raises(CannotDo, match=r"ml\.m5\.large"):
        require_usable_instance(instance)


def product(unit: str, price: str, **attributes: str) -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": price}}
    return json.dumps(
        {
            "product": {"attributes": attributes},
            "terms": {"OnDemand": {"a": {"priceDimensions": {"b": dimension}}}},
            "publicationDate": "2026-11-20T10:00:00Z",
        }
    )


@pytest.fixture
def pricing() -> Any:
    client: Any = boto3.client(
        "pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stubber:
        client.stubber = stubber
        yield client


def answer(pricing: Any, region: str, products: list[str], **attributes: str) -> None:
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in {"regionCode": region, **attributes}.items()
    ]
    asked = {"ServiceCode": "AmazonSageMaker", "Filters": filters}
    pricing.stubber.add_response("get_products", {"PriceList": products}, asked)


def test_hosting_has_the_price_list_s_own_price(pricing: Any) -> None:
    told = product("Hrs", "0.14", instanceName="ml.m5.large", component="Hosting")
    answer(pricing, "eu-west-1", [told], component="Hosting", instanceName="ml.m5.large")
    price = instance_price(pricing, "eu-west-1", "ml.m5.large")
    assert price == Price(0.14, "AWS price list of eu-west-1, 2026-11-20")
    answer(pricing, "eu-west-1", [], component="Hosting", instanceName="ml.x9.large")
    assert instance_price(pricing, "eu-west-1", "ml.x9.large") is None


def test_where_the_list_can_t_be_read_the_snapshot_is_said_to_be_one(pricing: Any) -> None:
    pricing.stubber.add_client_error("get_products", "AccessDeniedException")
    price = instance_price(pricing, "us-east-1", "ml.m5.large")
    assert price and price.usd == 0.116
    assert price.as_of == (
        "snapshot of us-east-1, 2025-01, the price of a job: today's price list can't be read"
    )
    pricing.stubber.add_client_error("get_products", "AccessDeniedException")
    assert instance_price(pricing, "us-east-1", "ml.m99.large") is None


def test_serverless_is_priced_by_its_memory(pricing: Any) -> None:
    sizes = [
        product("Seconds", f"{0.00002 * gb:.5f}", usagetype=f"EU-ServerlessInf:Mem-{gb}GB")
        for gb in (1, 2, 4)
    ]
    sizes.insert(0, product("Seconds", "9", usagetype="EU-ServerlessInf:ProvisionedConc-Mem-4GB"))
    answer(pricing, "eu-west-1", sizes, productFamily="ML Serverless")
    price = serverless_price(pricing, "eu-west-1", 4)
    assert price.usd == pytest.approx(0.00008) and "eu-west-1" in price.as_of
    pricing.stubber.add_client_error("get_products", "AccessDeniedException")
    dearest = serverless_price(pricing, "eu-west-1", 4)
    assert dearest.usd == pytest.approx(0.000136) and "snapshot" in dearest.as_of
