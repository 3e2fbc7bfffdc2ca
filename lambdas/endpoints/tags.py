"""What is written on an endpoint, its configuration and its model: whose they are, until when.

A tag has letters, digits, blanks and few signs (API reference, Tag), so a dataset's name is not
among them, but what of it a job name can carry.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.errors import KeptDataBroken
from lambdas.language import spoken

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import TagTypeDef

STACK = "codefree:stack"
DATASET = "codefree:dataset"
RUN = "codefree:run"
UNTIL = "codefree:until"
# What an hour costs (USD), since when it does, and what was spent before.
PRICE = "codefree:usd-per-hour"
SINCE = "codefree:since"
SPENT = "codefree:spent-usd"
# All of an endpoint's, and of those of a configuration and a model.
KEYS = (STACK, DATASET, RUN, UNTIL, PRICE, SINCE, SPENT)


def tag_list(tags: Mapping[str, str]) -> "list[TagTypeDef]":
    """The tags as requests have them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def read_tags(sagemaker: "SageMakerClient", arn: str) -> dict[str, str]:
    """The tags of an endpoint, a configuration or a model."""
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def time_text(time: datetime) -> str:
    """A time as a tag has it, in UTC and to the second."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def end_of(tags: Mapping[str, str], endpoint: str) -> datetime | None:
    """When the endpoint is to be taken down; None if it is to stay.

    Raises:
        KeptDataBroken: somebody has changed the tag to something else.
    """
    text = tags.get(UNTIL)
    if not text:
        return None
    try:
        end = datetime.fromisoformat(text)
    except ValueError:
        raise KeptDataBroken(
            spoken(
                "The tag {tag} of the endpoint {endpoint} is {text}, and no time such as "
                "2026-03-05T18:00:00+00:00, so nobody takes the endpoint down. Correct the tag, or "
                "delete the endpoint.",
                tag=UNTIL,
                endpoint=endpoint,
                text=repr(text),
            )
        ) from None
    return end if end.tzinfo else end.replace(tzinfo=UTC)
