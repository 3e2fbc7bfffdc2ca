"""What moto's KMS lacks."""

from local.gaps.kms.keys import patch

__all__ = ["patch"]
