"""What moto's SQS lacks."""

from local.gaps.sqs.queue_policies import patch

__all__ = ["patch"]
