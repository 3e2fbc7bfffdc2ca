"""SageMaker's quotas of jobs at once: listed, and kept to when a job is created.

moto knows the quotas of VPC alone, and only under other names. None forbids anything until one is
set.
"""

import json

from moto.servicequotas.responses import ServiceQuotasResponse

from local.patches import add

# By their names in Service Quotas, such as "ml.m5.large for training job usage".
quotas: dict[str, int] = {}


def patch() -> None:
    """Makes moto answer ListServiceQuotas."""
    add(ServiceQuotasResponse, "list_service_quotas", _list_service_quotas)


def _list_service_quotas(self: ServiceQuotasResponse) -> str:
    listed = [{"QuotaName": name, "Value": value} for name, value in quotas.items()]
    return json.dumps({"Quotas": listed})
