"""The AWS Price List API for SageMaker; moto has no pricing service.

What it lists are the prices that the template carries, as published on the day they were taken,
so that a run here costs on paper what it would cost with them.
"""

import json
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from lambdas.instances.catalog import InstanceType, price_date, snapshot_catalog
from lambdas.instances.hosting_prices import SERVERLESS_MEMORY_GB, snapshot_serverless
from local.gaps.core.new_services import NewService

_PAGE = 100


class _PricingResponse(BaseResponse):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(service_name="pricing")

    def get_products(self) -> ActionResult:
        """GetProducts, for SageMaker's components, or its serverless endpoints, in one region."""
        request = json.loads(self.body)
        wanted = {f["Field"]: f["Value"] for f in request.get("Filters", [])}
        region = wanted["regionCode"]
        if "component" in wanted:
            products = [
                _product(t, region, wanted["component"])
                for t in snapshot_catalog(region).types
                if t.name == wanted.get("instanceName", t.name)
            ]
        else:
            products = [_serverless(gb, region) for gb in SERVERLESS_MEMORY_GB]
        start = int(request.get("NextToken", 0))
        page: dict[str, Any] = {"PriceList": products[start : start + _PAGE]}
        more = {"NextToken": str(start + _PAGE)} if start + _PAGE < len(products) else {}
        return ActionResult(page | more)


SERVICE = NewService(
    "pricing", r"https?://pricing\.(.+)\.amazonaws\.com", "{0}/$", _PricingResponse
)


def _product(instance: InstanceType, region: str, component: str) -> str:
    is_training = component == "Training"
    price = instance.training_price if is_training else instance.processing_price
    attributes = {"regionCode": region, "component": component, "instanceName": instance.name}
    return _priced(attributes, price, "Hrs")


def _serverless(memory_gb: int, region: str) -> str:
    attributes = {"regionCode": region, "usagetype": f"ServerlessInf:Mem-{memory_gb}GB"}
    return _priced(attributes, snapshot_serverless(region, memory_gb), "Seconds")


def _priced(attributes: dict[str, str], usd: float, unit: str) -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": attributes},
            "terms": {"OnDemand": {"1": {"priceDimensions": {"1": dimension}}}},
            "publicationDate": price_date(),
        }
    )
