"""What moto's CloudWatch Logs lacks."""

from local.gaps.logs.log_groups import patch

__all__ = ["patch"]
