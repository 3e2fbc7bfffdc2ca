"""The e-mail about a failed run: in our own words, and not more than some a day.

Whoever may upload files can make runs fail with names and values of their choice. None of these is
in the mail, or it could be made to say anything in our name; the page beside the results has them.
"""

import json
import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.errors import TryAgain
from lambdas.pages.failure_page import Failure
from lambdas.runs.freeze_run import results_folder

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_A_DAY = 20
_TRIES = 20
# Letters of any script, digits, the space, _ and -: nothing that could pass for a link or a line.
_PLAIN_NAME = re.compile(r"[\w -]{1,60}")
_KINDS = {
    "PairRejected": "The two files, or what was asked for, can't be used as they are.",
    "BudgetTooSmall": "A limit on cost leaves no room for what the run needs.",
    "JobFailed": "One of its jobs did not do its work.",
    "ResultsMissing": "The evaluation left no results.",
    "NotAllowed": "AWS did not allow a step what it needs.",
    "KeptDataBroken": "What Codefree keeps in its own folder in the bucket was changed.",
    "TryAgain": "AWS was busy for too long.",
}
_BY_STATUS = {"ABORTED": "Somebody stopped it.", "TIMED_OUT": "It ran out of time."}


def failure_mail(failure: Failure, bucket: str, is_last: bool) -> str:
    """The mail's text; ``is_last`` says that no other follows on this day."""
    command = f"\n\n  {failure.redrive}" if failure.is_redrivable else ""
    last = (
        f"\n\nThis is the last of {MOST_A_DAY} mails of this day (UTC). Runs that fail later on it "
        "are not mailed: codefree status lists all of them, and each has its page in results/."
    )
    return (
        f"{_headline(failure)}\n\n{_kind(failure)}\n\nThe reason is on the page failure.html:\n\n"
        f"  {_page(failure, bucket)}\n\n{failure.cost}\n\n{failure.what_to_do}{command}"
        f"\n\nThe execution: {failure.console}{last if is_last else ''}\n"
    )


def place_among_mails(s3: "S3Client", bucket: str, day: str, end: str) -> int | None:
    """Which mail of the ``day`` (ISO 8601) the one about ``end`` is, from 1; None beyond the last.

    An end of an execution counts once, however often it is asked for: it keeps its place.

    Raises:
        TryAgain: many write at the same moment.
    """
    key = f"runs/mails/{day}.json"
    # After the last try it looks once more: those who were quicker may have filled the day.
    for tries_left in range(_TRIES, -1, -1):
        told, condition = _told(s3, bucket, key)
        if end in told:
            return told.index(end) + 1
        if len(told) >= MOST_A_DAY:
            return None
        if tries_left and _written(s3, bucket, key, [*told, end], condition):
            return len(told) + 1
    raise TryAgain(f"Many write {key} at the same moment.")


def _headline(failure: Failure) -> str:
    named = f"{failure.dataset}: " if _PLAIN_NAME.fullmatch(failure.dataset) else ""
    return f"{named}the run {failure.run} {failure.ended_at}."


def _kind(failure: Failure) -> str:
    return (
        _BY_STATUS.get(failure.status) or _KINDS.get(failure.error) or "A step ended with an error."
    )


def _page(failure: Failure, bucket: str) -> str:
    if _PLAIN_NAME.fullmatch(failure.dataset):
        return f"s3://{bucket}/{results_folder(failure.dataset, failure.run)}/failure.html"
    return f"in the folder {failure.run} of the dataset, below s3://{bucket}/results/"


def _told(s3: "S3Client", bucket: str, key: str) -> tuple[list[str], dict[str, str]]:
    """The ends that were mailed on the day, and the condition under which that may be changed."""
    try:
        kept = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return [], {"IfNoneMatch": "*"}
    try:
        told = json.loads(kept["Body"].read())
    except (ValueError, RecursionError):
        told = None
    # What somebody else has put there counts for nothing.
    is_ours = isinstance(told, list) and all(isinstance(end, str) for end in told)
    return told if is_ours else [], {"IfMatch": kept["ETag"]}


def _written(
    s3: "S3Client", bucket: str, key: str, told: list[str], condition: dict[str, str]
) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(told).encode(), **condition)  # type: ignore[arg-type]
    except ClientError as error:
        # 404 where it was deleted since (Amazon S3 User Guide, "Conditional writes").
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {404, 409, 412}:
            return False
        raise
    return True
