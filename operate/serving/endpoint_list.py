"""The stack's endpoints as ``codefree status`` lists them: what each costs, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS
from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.removal import StackEndpoint, list_endpoints
from lambdas.endpoints.tags import end_of
from lambdas.errors import KeptDataBroken
from operate.language import spoken
from operate.place import Place
from operate.serving.end import LATE_BY, local_text
from operate.serving.hosting import HOURS_A_MONTH
from operate.serving.tagged_cost import usd_per_hour
from operate.visible_text import shown


@dataclass(frozen=True)
class ListedEndpoint:
    """An endpoint in words, and the command that takes it down."""

    sentences: str
    how: str


def listed_endpoints(place: Place, now: datetime) -> list[ListedEndpoint]:
    """The endpoints of the stack at ``place``."""
    found = list(list_endpoints(place.account.sagemaker, place.stack))
    names = _datasets(place) if found else {}
    return [_listed(place, endpoint, names.get(endpoint.name), now) for endpoint in found]


def _datasets(place: Place) -> dict[str, str]:
    """The datasets that have results, by the names that their endpoints would have."""
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    return {endpoint_name(place.stack, name): name for name in _folders(bucket, RESULTS)}


def _folders(bucket: Bucket, below: str) -> Iterator[str]:
    pages = bucket.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, Prefix=below, Delimiter="/"
    )
    for page in pages:
        for folder in page.get("CommonPrefixes", []):
            yield folder["Prefix"].removeprefix(below).removesuffix("/")


def _listed(
    place: Place, endpoint: StackEndpoint, dataset: str | None, now: datetime
) -> ListedEndpoint:
    sentences = [f"{shown(dataset or endpoint.name)}:", _cost(endpoint), _end(endpoint, now)]
    if endpoint.status != "InService":
        sentences.append(spoken("It is {status}.", status=endpoint.status))
    if dataset is None:  # its results were deleted
        how = f"aws sagemaker delete-endpoint --endpoint-name {endpoint.name}"
        return ListedEndpoint(" ".join(sentences), how + place.account.cli_options)
    how = f"codefree serve {quote(dataset)} --stop{place.options}"
    return ListedEndpoint(" ".join(sentences), how)


def _cost(endpoint: StackEndpoint) -> str:
    usd = usd_per_hour(endpoint.tags)
    if usd is None:
        return spoken("Its tags don't tell what it costs, as somebody changed them.")
    if usd == 0:
        return spoken("Serverless, costs nothing while it is idle.")
    return spoken(
        "{usd:.3f} USD an hour, with or without requests; a month would be {month:.2f} USD.",
        usd=usd,
        month=usd * HOURS_A_MONTH,
    )


def _end(endpoint: StackEndpoint, now: datetime) -> str:
    try:
        end = end_of(endpoint.tags, endpoint.name)
    except KeptDataBroken as error:
        return str(error)
    if end is None:
        return spoken("It has no end: it stays until somebody takes it down.")
    if end + LATE_BY < now:
        return spoken(
            "It should have been taken down at {until}, and was not.", until=local_text(end)
        )
    return spoken("It is taken down at {until}.", until=local_text(end))
