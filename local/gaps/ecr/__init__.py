"""What moto's ECR lacks."""

from local.gaps.ecr.published_images import patch

__all__ = ["patch"]
