"""The instance types that the account's quotas forbid.

A quota of SageMaker is named "ml.m5.large for training job usage" (AWS Service Quotas API,
ListServiceQuotas; the same words as in the error ResourceLimitExceeded). What can't be read is
taken as allowed: the job's own creation tells then.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_service_quotas import ServiceQuotasClient


@dataclass(frozen=True)
class Forbidden:
    """The names of the types of which the account may not use a single instance, by use."""

    training: frozenset[str] = frozenset()
    spot_training: frozenset[str] = frozenset()
    processing: frozenset[str] = frozenset()


def fetch_forbidden_types(quotas: "ServiceQuotasClient") -> Forbidden:
    """What the quotas forbid, as far as they can be read."""
    try:
        pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        spent = [q["QuotaName"] for page in pages for q in page["Quotas"] if q["Value"] < 1]
    except (BotoCoreError, ClientError) as error:
        logging.getLogger(__name__).warning("The quotas can't be read: %s", error)
        return Forbidden()

    def types(use: str) -> frozenset[str]:
        usage = f" for {use} job usage"
        return frozenset(name.removesuffix(usage) for name in spent if name.endswith(usage))

    return Forbidden(types("training"), types("spot training"), types("processing"))
