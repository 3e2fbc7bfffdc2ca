"""Today's prices of a region, from the AWS Price List API, kept for a day in the bucket.

A type that the list does not have for training and for processing is not offered in the region.
Sources: AWS Price List API reference, GetProducts (served by three regions for all of them); the
attributes of the service AmazonSageMaker are ``regionCode``, ``component`` (Training, Processing,
…) and ``instanceName``.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import prices_key
from lambdas.instances.catalog import (
    Catalog,
    known_types,
    priced_type,
    snapshot_catalog,
    volume_price,
)
from lambdas.language import spoken

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient

# Where GetProducts is served from, whatever the region that is asked about.
PRICING_REGION = "us-east-1"

_KEPT_FOR = timedelta(days=1)
_COMPONENTS = ("Training", "Processing")

Prices = dict[str, dict[str, float]]  # by component, then by type


class ListedPrices(TypedDict):
    """What a region asks, in USD an hour; when that was read and published, in ISO 8601."""

    read: str
    published: str
    prices: Prices


def load_catalog(bucket: Bucket, region: str, pricing: "PricingClient") -> Catalog:
    """The region's types at today's prices; the snapshot where the price list can't be read."""
    kept = _read_cached(bucket, region)
    if kept is None:
        try:
            kept = fetch_prices(pricing, region)
        except (BotoCoreError, ClientError, LookupError, ValueError) as error:
            logging.getLogger(__name__).warning("Prices are the snapshot's: %s", error)
            return snapshot_catalog(region)
        bucket.write(prices_key(region), json.dumps(kept).encode())
    return catalog_of(kept, region)


def fetch_prices(pricing: "PricingClient", region: str) -> ListedPrices:
    """What the price list says of ``region`` now.

    Raises:
        LookupError: it lacks prices for training or for processing.
    """
    products = {c: list(list_products(pricing, region, component=c)) for c in _COMPONENTS}
    prices = {component: hourly_prices(found) for component, found in products.items()}
    for component, found in prices.items():
        if not found:
            raise LookupError(f"The price list has no {component} prices for {region}.")
    published = max(product["publicationDate"] for found in products.values() for product in found)
    return {"read": datetime.now(UTC).isoformat(), "published": published, "prices": prices}


def catalog_of(listed: ListedPrices, region: str) -> Catalog:
    """The catalog with the prices that :func:`fetch_prices` found."""
    training, processing = (listed["prices"][component] for component in _COMPONENTS)
    types = tuple(
        priced_type(entry, training[name], processing[name])
        for name, entry in known_types().items()
        if name in training and name in processing
    )
    as_of = spoken(
        "AWS price list of {region}, {date}",
        region=region,
        date=listed["published"].partition("T")[0],
    )
    return Catalog(types, volume_price(region), as_of)


def _read_cached(bucket: Bucket, region: str) -> ListedPrices | None:
    body = bucket.read(prices_key(region))
    if body is None:
        return None
    kept: ListedPrices = json.loads(body)
    is_fresh = datetime.now(UTC) - datetime.fromisoformat(kept["read"]) < _KEPT_FOR
    return kept if is_fresh else None


def list_products(
    pricing: "PricingClient", region: str, **attributes: str
) -> Iterator[dict[str, Any]]:
    """What the price list has of SageMaker in ``region`` with these ``attributes``."""
    wanted = {"regionCode": region, **attributes}
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode="AmazonSageMaker",
        Filters=[
            {"Type": "TERM_MATCH", "Field": field, "Value": value}
            for field, value in wanted.items()
        ],
    )
    for page in pages:
        yield from map(json.loads, page["PriceList"])


def hourly_prices(products: list[dict[str, Any]]) -> dict[str, float]:
    """USD an hour on demand, by type; the highest where a type stands there more than once."""
    prices: dict[str, float] = {}
    for product in products:
        name = product["product"]["attributes"].get("instanceName", "")
        for price in prices_per(("hr", "hour"), product):
            prices[name] = max(price, prices.get(name, 0.0))
    return prices


def prices_per(units: tuple[str, ...], product: dict[str, Any]) -> Iterator[float]:
    """The prices on demand of a product, in USD for one of the ``units`` (lower case)."""
    for term in product["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            price = float(dimension["pricePerUnit"].get("USD", 0))
            if price and dimension["unit"].lower().startswith(units):
                yield price
