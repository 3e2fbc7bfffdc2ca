"""What moto's SageMaker lacks."""

from local.gaps.sagemaker.jobs import patch

__all__ = ["patch"]
