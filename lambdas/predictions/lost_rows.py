"""Files of new rows that no execution has taken: those whose events were lost, and those that
waited for a model that is there by now."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import ROWS
from lambdas.errors import RowsRejected, UploadMisnamed
from lambdas.predictions.asked_rows import asked_rows_in
from lambdas.predictions.rows_file import RowsFile, rows_file_of
from lambdas.predictions.waiting_rows import list_waiting_rows
from lambdas.uploads.begun_executions import read_begun
from lambdas.uploads.lost_pairs import GRACE, OLDEST
from lambdas.uploads.taken_pairs import Listed, mark_of, read_marks

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True)
class UntakenRows:
    """A file that nothing was done about, when it was uploaded, and the name that the execution
    for it gets."""

    file: RowsFile
    uploaded: datetime
    execution_name: str


def find_lost_rows(
    bucket: Bucket, states: "SFNClient", state_machine: str, now: datetime
) -> list[UntakenRows]:
    """The files that no execution has seen, the oldest first.

    One whose execution has failed is not among them, for a person decides about that; nor is one
    that waits for a model.
    """
    newest = _newest_uploads(bucket)
    seen = read_marks(bucket) | {waiting.mark for waiting in list_waiting_rows(bucket)}
    unseen = sorted(
        (
            UntakenRows(file, uploaded, f"rows-{mark}")
            for file, (uploaded, mark) in newest.items()
            if now - OLDEST < uploaded < now - GRACE and mark not in seen
        ),
        key=lambda rows: rows.uploaded,
    )
    if not unseen:
        return []
    begun = read_begun(states, state_machine, unseen[0].uploaded, _files_asked_for)
    return [rows for rows in unseen if not _was_begun(rows, begun.get(rows.file, []))]


def find_rows_with_model(
    bucket: Bucket, now: datetime, approval_of: Callable[[str], str | None]
) -> Iterator[UntakenRows]:
    """The files that waited for a model, and whose dataset has one: ``approval_of`` tells which
    approval of a model that was, in letters, digits and hyphens."""
    approvals: dict[str, str | None] = {}
    for waiting in list_waiting_rows(bucket):
        dataset = waiting.file.dataset
        if dataset not in approvals:
            approvals[dataset] = approval_of(dataset)
        if approval := approvals[dataset]:
            yield UntakenRows(waiting.file, now, f"rows-{waiting.mark}-{approval}")


def start_rows(states: "SFNClient", state_machine: str, rows: UntakenRows) -> str | None:
    """Starts an execution as if the event had come; None where that was done before.

    Its name is made of the upload, and of the approval that it has waited for: Step Functions takes
    a name once in 90 days, so however many sweeps find the file, it is started once for each.
    """
    asked = {"dataset": rows.file.dataset, "file": rows.file.file_name}
    try:
        started = states.start_execution(
            stateMachineArn=state_machine,
            name=rows.execution_name,
            input=json.dumps(asked, ensure_ascii=False),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return started["executionArn"]


def _newest_uploads(bucket: Bucket) -> dict[RowsFile, tuple[datetime, str]]:
    """Of each file the newest upload's time and mark; of two in the same second, either."""
    newest: dict[RowsFile, tuple[datetime, str]] = {}
    for entry in bucket.objects(ROWS):
        try:
            file = rows_file_of(entry["Key"])
        except UploadMisnamed:
            continue
        seconds = int(entry["LastModified"].timestamp())
        mark = mark_of(Listed(entry["Key"], entry["ETag"].strip('"'), seconds))
        found = (datetime.fromtimestamp(seconds, UTC), mark)
        newest[file] = max(found, newest.get(file, found))
    return newest


def _was_begun(rows: UntakenRows, begun: Iterable[datetime]) -> bool:
    return any(rows.uploaded <= moment for moment in begun)


def _files_asked_for(request: str) -> list[RowsFile]:
    """The file that an execution's input means, if it is one."""
    try:
        asked = asked_rows_in(request)
        file = asked.file or rows_file_of(asked.key or "")
    except (RowsRejected, UploadMisnamed):
        return []
    return [file]
