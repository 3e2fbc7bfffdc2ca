"""What moto lacks in what all services share."""

from local.gaps.core.access_control import patch

__all__ = ["patch"]
