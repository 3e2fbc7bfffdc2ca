"""The AWS Price List API for SageMaker; moto has no pricing service.

What it lists are the prices that the template carries, as published on the day they were taken,
so that a run here costs on paper what it would cost with them.
"""

import json
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from lambdas.instances.catalog import InstanceType, price_date, snapshot_catalog
from local.gaps.core.new_services import NewService

_PAGE = 100


class _PricingResponse(BaseResponse):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(service_name="pricing")

    def get_products(self) -> ActionResult:
        """GetProducts, for SageMaker's components in one region."""
        request = json.loads(self.body)
        wanted = {f["Field"]: f["Value"] for f in request.get("Filters", [])}
        types = snapshot_catalog(wanted["regionCode"]).types
        products = [_product(t, wanted["regionCode"], wanted["component"]) for t in types]
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
    return json.dumps(
        {
            "product": {
                "attributes": {
                    "regionCode": region,
                    "component": component,
                    "instanceName": instance.name,
                }
            },
            "terms": {
                "OnDemand": {
                    "1": {"priceDimensions": {"1": {"unit": "Hrs", "pricePerUnit": {"USD": price}}}}
                }
            },
            "publicationDate": price_date(),
        }
    )
