"""Complete pairs, or tables, that no execution has taken: events were lost, or the rule was off.

EventBridge delivers an event at least once but gives up after 24 hours or 185 attempts (Amazon
EventBridge User Guide, "How EventBridge retries delivering events"); a disabled rule takes none.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected
from lambdas.uploads.asked import asked_in
from lambdas.uploads.begun_executions import read_begun
from lambdas.uploads.dataset import HALVES, Part
from lambdas.uploads.key import dataset_of, file_of
from lambdas.uploads.taken_pairs import Listed, mark_of, read_marks

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# An event takes seconds, or some minutes where many come at once.
GRACE = timedelta(minutes=5)
# Marks and claims live for 30 days (infra/template.yaml): what is older can't be told from lost.
OLDEST = timedelta(days=14)


@dataclass(frozen=True)
class LostPair:
    """A pair by its dataset's name, the time of the later upload, and the mark it would have."""

    dataset: str
    complete_since: datetime
    mark: str


def find_lost_pairs(
    bucket: Bucket, states: "SFNClient", state_machine: str, now: datetime
) -> list[LostPair]:
    """The pairs that nothing has been done about, the oldest first.

    A pair whose execution has failed is not among them, for a person decides about that.
    """
    taken = read_marks(bucket)
    unmarked = unmarked_pairs(_list_uploads(bucket), taken, now)
    if not unmarked:
        return []
    since = unmarked[0].complete_since
    begun = read_begun(states, state_machine, since, _datasets_asked_for)
    return [pair for pair in unmarked if not _was_begun(pair, begun)]


def start_lost_pair(states: "SFNClient", state_machine: str, pair: LostPair) -> str | None:
    """Starts an execution as if the event had come; None where that was done before.

    Its name is made of the uploads. Step Functions takes a name once in 90 days (API reference,
    StartExecution), so however many sweeps find a pair, it is started once.
    """
    try:
        started = states.start_execution(
            stateMachineArn=state_machine,
            name=f"lost-{pair.mark}",
            input=json.dumps({"dataset": pair.dataset}, ensure_ascii=False),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return started["executionArn"]


def unmarked_pairs(
    uploads: Mapping[str, list[Listed]], taken: set[str], now: datetime
) -> list[LostPair]:
    """The complete pairs that have none of the marks ``taken``, the oldest first.

    One that was completed just now may have its event under way, and the mark of an old one may
    have been removed: neither counts.
    """
    unmarked = [
        pair
        for pair, possible in _complete_pairs(uploads)
        if now - OLDEST < pair.complete_since < now - GRACE and not possible & taken
    ]
    return sorted(unmarked, key=lambda pair: pair.complete_since)


def _complete_pairs(
    uploads_of: Mapping[str, list[Listed]],
) -> Iterator[tuple[LostPair, set[str]]]:
    """Every pair or whole table among the uploads, with the marks that it may have."""
    for name, uploads in uploads_of.items():
        newest = {part: _newest(uploads, part) for part in Part}
        tables: list[tuple[Listed, ...]] = list(product(*(newest[part] for part in HALVES)))
        if complete := tables or [(whole,) for whole in newest[Part.WHOLE]]:
            of_settings: list[Listed | None] = [*newest[Part.SETTINGS]] or [None]
            possible = [(*t, s) if s else t for t, s in product(complete, of_settings)]
            since = datetime.fromtimestamp(max(upload.uploaded for upload in possible[0]), UTC)
            marks = [mark_of(*files) for files in possible]
            yield LostPair(name, since, marks[0]), set(marks)


def _was_begun(pair: LostPair, begun: Mapping[str, list[datetime]]) -> bool:
    """Whether an execution about the dataset has begun since the pair was complete."""
    return any(pair.complete_since <= moment for moment in begun.get(pair.dataset, []))


def _list_uploads(bucket: Bucket) -> dict[str, list[Listed]]:
    """The uploads in data/, by dataset."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for entry in bucket.objects(UPLOADS):
        if name := _dataset_of(entry["Key"]):
            seconds = int(entry["LastModified"].timestamp())
            found[name].append(Listed(entry["Key"], entry["ETag"].strip('"'), seconds))
    return found


def _newest(uploads: list[Listed], part: Part) -> list[Listed]:
    """The newest upload of the ``part``; several keys, if all are of the same second."""
    there = [upload for upload in uploads if file_of(upload.key).part is part]
    last = max((upload.uploaded for upload in there), default=0)
    return [upload for upload in there if upload.uploaded == last]


def _dataset_of(key: str) -> str | None:
    try:
        return dataset_of(key).name
    except PairRejected:
        return None


def _datasets_asked_for(request: str) -> list[str]:
    """The datasets that an execution's input can mean."""
    try:
        return asked_in(request).datasets
    except PairRejected:
        return []
