"""ListServiceQuotas for SageMaker: no quota that forbids anything.

moto knows the quotas of VPC alone, and only under other names.
"""

import json

from moto.servicequotas.responses import ServiceQuotasResponse


def close() -> None:
    """Makes moto answer ListServiceQuotas."""

    def list_service_quotas(self: ServiceQuotasResponse) -> str:
        return json.dumps({"Quotas": []})

    ServiceQuotasResponse.list_service_quotas = list_service_quotas
