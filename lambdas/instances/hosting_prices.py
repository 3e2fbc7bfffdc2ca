"""What an endpoint costs: an instance by the hour, serverless by the second of work.

Hosting has prices of its own, which catalog.json does not hold. They are asked for when somebody
wants an endpoint; where the price list can't be read, the snapshot's stand in for them, and what is
told says so. Sources: AWS Price List API, service AmazonSageMaker: the component ``Hosting`` with
``instanceName``; the product family ``ML Serverless``, whose usage types end with
``ServerlessInf:Mem-4GB``. ml.m5.large costs as much for hosting as for processing, 0.115 USD, and a
GB of serverless memory 0.00002 USD a second (us-east-1, both as quoted from the price list in
public code of 2026).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.instances.catalog import snapshot_catalog, snapshot_factor
from lambdas.instances.price_list import hourly_prices, list_products, prices_per
from lambdas.language import spoken

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient

# "Valid values are in 1 GB increments" (API reference, ProductionVariantServerlessConfig).
SERVERLESS_MEMORY_GB = range(1, 7)

_UNREADABLE = (BotoCoreError, ClientError, LookupError, ValueError)
_SERVERLESS = re.compile(r"ServerlessInf:Mem-(\d+)GB$")
_SNAPSHOT_GB_SECOND = 0.00002
_SNAPSHOT_DATE = "2026-09"


@dataclass(frozen=True)
class Price:
    """What something costs in USD, and for people whose price that is and of when."""

    usd: float
    as_of: str


def instance_price(pricing: "PricingClient", region: str, instance: str) -> Price | None:
    """An endpoint's price an hour on one instance of this type; None if the region has none."""
    try:
        products = list(list_products(pricing, region, component="Hosting", instanceName=instance))
        usd = hourly_prices(products).get(instance)
        return Price(usd, _listed(region, products[0]["publicationDate"])) if usd else None
    except _UNREADABLE:
        catalog = snapshot_catalog(region)
        for known in catalog.types:
            if known.name == instance:
                as_of = spoken(
                    "{source}, the price of a job: today's price list can't be read",
                    source=catalog.as_of,
                )
                return Price(known.processing_price, as_of)
        return None


def serverless_price(pricing: "PricingClient", region: str, memory_gb: int) -> Price:
    """The price of a second in which an endpoint of this memory works."""
    try:
        for product in list_products(pricing, region, productFamily="ML Serverless"):
            found = _SERVERLESS.search(product["product"]["attributes"].get("usagetype", ""))
            if found and int(found[1]) == memory_gb:
                for price in prices_per(("second",), product):
                    return Price(price, _listed(region, product["publicationDate"]))
    except _UNREADABLE:
        pass
    as_of = spoken("snapshot of {source}, {date}", source="us-east-1", date=_SNAPSHOT_DATE)
    return Price(snapshot_serverless(region, memory_gb), as_of)


def snapshot_serverless(region: str, memory_gb: int) -> float:
    """The most that a second costs as far as the snapshot knows, in USD."""
    return _SNAPSHOT_GB_SECOND * memory_gb * snapshot_factor(region)


def _listed(region: str, published: str) -> str:
    date = published.partition("T")[0]
    return spoken("AWS price list of {region}, {date}", region=region, date=date)
