"""What serves the model: a serverless endpoint, or an instance that is paid for by the hour.

Sources: Amazon SageMaker AI Developer Guide, "Deploy models with Amazon SageMaker Serverless
Inference" (memory of 1 to 6 GB, images of up to 10 GB, no GPU, VPC or network isolation; the memory
should be at least as large as the model) and "Invoke a serverless endpoint" (4 MB, 60 seconds; the
model has three minutes to be loaded).
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.instances.hosting_prices import SERVERLESS_MEMORY_GB, Price
from operate.account import CannotDo
from operate.language import spoken, to_speak
from operate.serving.end import LATE_BY, local_text

HOURS_A_MONTH = 730
# How many requests are answered at the same time, as the SageMaker SDK has it; each is paid for.
MOST_AT_ONCE = 5
# The interpreter with AutoGluon and a small model takes 0.25 GB, and a model four to five times its
# archive (docs/model.md has the measurements); the rest is for libraries of other models and rows.
_GB_WITHOUT_MODEL = 1.0
_TIMES_ITS_ARCHIVE = 5
_INSTANCE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9-]+")
# Families with graphics processors, or other ones that this image has no software for.
_OTHER_PROCESSORS = re.compile(r"ml\.(g\d|p\d|inf|trn)")
# Families with disks of their own, which encrypt themselves and take no key (API reference,
# CreateEndpointConfig, KmsKeyId).
_OWN_DISK = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|i\d\w*)\.")

SERVERLESS_LIMITS = to_speak(
    "It answers up to 4 MB in up to 60 s, {most} requests at once. After a while without requests "
    "the first one waits until the model is loaded again."
)


@dataclass(frozen=True)
class Serverless:
    """An endpoint that costs nothing while it does nothing; ``price`` is a second's."""

    memory_gb: int
    price: Price
    until: datetime | None = None

    @property
    def usd_per_hour(self) -> float:
        """What an hour costs without requests."""
        return 0.0

    def variant(self) -> dict[str, Any]:
        """Its part of a production variant."""
        return {
            "ServerlessConfig": {
                "MemorySizeInMB": self.memory_gb * 1024,
                "MaxConcurrency": MOST_AT_ONCE,
            }
        }

    def sentences(self) -> list[str]:
        """What it is and costs, for people."""
        return [
            spoken(
                "Serverless with {memory} GB of memory: it costs nothing while it is idle, and "
                "{price:.6f} USD for each second of work ({as_of}).",
                memory=self.memory_gb,
                price=self.price.usd,
                as_of=self.price.as_of,
            ),
            spoken(SERVERLESS_LIMITS, most=MOST_AT_ONCE),
        ]


@dataclass(frozen=True)
class OnInstance:
    """An endpoint on one instance, until an end; ``price`` is an hour's."""

    instance: str
    price: Price
    until: datetime

    @property
    def usd_per_hour(self) -> float:
        """What an hour costs, with or without requests."""
        return self.price.usd

    def variant(self) -> dict[str, Any]:
        """Its part of a production variant."""
        return {"InstanceType": self.instance, "InitialInstanceCount": 1}

    @property
    def takes_key(self) -> bool:
        """Whether its disk can be encrypted with a key of one's own."""
        return not _OWN_DISK.match(self.instance)

    def most_usd(self, now: datetime) -> float:
        """What it costs from ``now`` until it has certainly been taken down."""
        return (self.until - now + LATE_BY) / timedelta(hours=1) * self.price.usd

    def sentences(self, now: datetime) -> list[str]:
        """What it is and costs, for people."""
        return [
            spoken(
                "One {instance}: {price:.3f} USD an hour ({as_of}), with or without requests.",
                instance=self.instance,
                price=self.price.usd,
                as_of=self.price.as_of,
            ),
            spoken(
                "Until {until} that is at most {total:.2f} USD; a whole month would be {month:.2f} "
                "USD. It is then taken down by itself, within 15 minutes.",
                until=local_text(self.until),
                total=self.most_usd(now),
                month=self.price.usd * HOURS_A_MONTH,
            ),
            spoken("Storage and data transfer are added: cents as a rule."),
        ]


Hosting = Serverless | OnInstance


def memory_for(archive_bytes: int) -> int:
    """The memory that a serverless endpoint needs for a model, in GB.

    Raises:
        CannotDo: it needs more than there is.
    """
    needed = _GB_WITHOUT_MODEL + _TIMES_ITS_ARCHIVE * archive_bytes / 2**30
    if needed > SERVERLESS_MEMORY_GB[-1]:
        raise CannotDo(
            spoken(
                "The model has {size:.1f} GB packed and needs about {needed:.0f} GB of memory; a "
                "serverless endpoint has at most {most} GB. Use an instance with more memory: "
                "--instance ml.m5.2xlarge --hours 2",
                size=archive_bytes / 2**30,
                needed=needed,
                most=SERVERLESS_MEMORY_GB[-1],
            )
        )
    return math.ceil(needed)


def require_usable_instance(instance: str) -> None:
    """Makes sure that an endpoint can be asked for on this type.

    Raises:
        CannotDo: it can't; the text says why.
    """
    if not _INSTANCE.fullmatch(instance):
        raise CannotDo(
            spoken(
                "--instance expects a SageMaker instance type such as ml.m5.large, not {text}.",
                text=repr(instance),
            )
        )
    if _OTHER_PROCESSORS.match(instance):
        raise CannotDo(
            spoken(
                "{instance} has processors that the model makes no use of. Choose a type such as "
                "ml.m5.large.",
                instance=instance,
            )
        )
