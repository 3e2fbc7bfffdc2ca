"""What SageMaker keeps under names: models, configurations, endpoints, model packages."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import BaseResponse
from moto.sagemaker.exceptions import AWSValidationException

_PAGE = 10


@dataclass
class Record:
    """One thing that was made.

    Args:
        kind: ``Model``, ``EndpointConfig``, ``Endpoint``, …
        arn: its ARN.
        name: its name, of which there is one of each kind in a region.
        request: what it was made with, without its tags.
        state: what has become of it since.
    """

    kind: str
    arn: str
    name: str
    request: dict[str, Any]
    state: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def place(self) -> tuple[str, str]:
        """Account and region."""
        _, _, _, region, account, _ = self.arn.split(":", 5)
        return account, region


class Records:
    """All of them; ``changed`` and ``removed`` are told what happens, under the ``lock``."""

    changed: Callable[[Record], None]
    removed: Callable[[Record], None]

    def __init__(self) -> None:
        # By kind, account and region, then by name: what a call is about is in one of them.
        self._records: dict[tuple[str, str, str], dict[str, Record]] = {}
        # Names that differ in their letters' case alone share one.
        self._by_arn: dict[str, list[Record]] = {}
        self.lock = threading.RLock()
        self.changed = self.removed = lambda _: None

    def add(self, record: Record) -> bool:
        """Takes in a new one; False where its name is taken."""
        with self.lock:
            if self._named(record):
                return False
            self._hold(record)
            self.changed(record)
        return True

    def restore(self, record: Record) -> None:
        """Takes in one that is written down already."""
        self._hold(record)

    def note(self, record: Record, **state: Any) -> None:
        """Notes what has become of one; a value that is None is forgotten."""
        with self.lock:
            state = record.state | state
            record.state = {name: value for name, value in state.items() if value is not None}
            record.modified = datetime.now(UTC)
            if self._named(record) is not record:
                return
            self.changed(record)

    def remove(self, record: Record) -> None:
        """Forgets one."""
        with self.lock:
            if self._named(record) is record:
                del self._records[record.kind, *record.place][record.name]
                self._by_arn[record.arn].remove(record)
                if not self._by_arn[record.arn]:
                    del self._by_arn[record.arn]
                self.removed(record)

    def find(self, response: BaseResponse, kind: str, name: str) -> Record | None:
        """The one of that name where the call was made."""
        return self._records.get((kind, *_place(response)), {}).get(name)

    def with_arn(self, arn: str) -> Record | None:
        """The one with the ARN."""
        return next(iter(self._by_arn.get(arn, [])), None)

    def tags_of(self, arn: str) -> dict[str, str]:
        """The tags of the one with the ARN; none where there is no such."""
        # Every call in a session asks for the tags of what it is about.
        record = self.with_arn(arn) if ":sagemaker:" in arn else None
        return {tag["Key"]: tag["Value"] for tag in record.tags} if record else {}

    def of(self, response: BaseResponse, kind: str) -> list[Record]:
        """Those of a kind where the call was made, oldest first."""
        return list(self._records.get((kind, *_place(response)), {}).values())

    def of_kind(self, kind: str) -> list[Record]:
        """Those of a kind, everywhere."""
        places = [named for (known, *_), named in tuple(self._records.items()) if known == kind]
        return [record for named in places for record in tuple(named.values())]

    def _named(self, record: Record) -> Record | None:
        """The one that has the name of this one."""
        return self._records.get((record.kind, *record.place), {}).get(record.name)

    def _hold(self, record: Record) -> None:
        self._records.setdefault((record.kind, *record.place), {})[record.name] = record
        self._by_arn.setdefault(record.arn, []).append(record)


def new_arn(response: BaseResponse, kind: str, name: str) -> str:
    """The ARN of what the call makes; SageMaker has names in small letters there."""
    place = f"{response.partition}:sagemaker:{response.region}:{response.current_account}"
    return f"arn:{place}:{kind}/{name.lower()}"


def page(
    records: Iterable[Record],
    request: Mapping[str, Any],
    summary: Callable[[Record], dict[str, Any]],
    result: str,
    *,
    ascending: bool = False,
) -> dict[str, Any]:
    """One page of what a list call answers, under ``result``.

    ``ascending`` says in which order they come unless it is asked for; by age unless by name.
    """
    found = [record for record in records if _matches(record, request)]
    if request.get("SortBy") == "Name":
        found.sort(key=lambda record: record.name)
    elif request.get("SortBy") == "Status":
        found.sort(key=lambda record: str(record.state.get("EndpointStatus")))
    else:
        found.sort(key=lambda record: record.created)
    order = request.get("SortOrder", "Ascending" if ascending else "Descending")
    if order == "Descending":
        found.reverse()
    start = _start(request.get("NextToken"))
    end = start + int(request.get("MaxResults") or _PAGE)
    answer: dict[str, Any] = {result: [summary(record) for record in found[start:end]]}
    return answer | ({"NextToken": str(end)} if end < len(found) else {})


def _start(token: str | None) -> int:
    if token and not (token.isascii() and token.isdigit()):
        raise AWSValidationException(f"Invalid pagination token: {token}")
    return int(token or 0)


def _matches(record: Record, request: Mapping[str, Any]) -> bool:
    times = {"CreationTime": record.created, "LastModifiedTime": record.modified}
    return request.get("NameContains", "").lower() in record.name.lower() and all(
        request.get(f"{name}After", float("-inf"))
        < time.timestamp()
        < request.get(f"{name}Before", float("inf"))
        for name, time in times.items()
    )


def _place(response: BaseResponse) -> tuple[str, str]:
    return response.current_account, response.region
