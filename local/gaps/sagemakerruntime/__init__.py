"""What moto's SageMaker Runtime lacks."""

from local.gaps.sagemakerruntime.invocations import patch

__all__ = ["patch"]
