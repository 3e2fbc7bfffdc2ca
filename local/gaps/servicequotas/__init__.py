"""What moto's Service Quotas lack."""

from local.gaps.servicequotas.job_quotas import patch

__all__ = ["patch"]
