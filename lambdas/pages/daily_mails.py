"""Sends e-mails, of each kind not more than some a day: whoever may upload can cause them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.errors import TryAgain
from lambdas.language import spoken

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

MOST_A_DAY = 20
_TRIES = 20


class MailText(Protocol):
    """Writes a mail's text; ``is_last`` says that no other follows on this day."""

    def __call__(self, *, is_last: bool) -> str:
        """The text."""


@dataclass(frozen=True)
class Mail:
    """Where mails are sent to: an SNS topic."""

    sns: "SNSClient"
    topic: str

    def send(self, bucket: Bucket, key: str, end: str, subject: str, text: MailText) -> None:
        """Sends a mail about the ``end`` of an execution, unless the day has had enough of them.

        Its place is taken before it is sent: should either fail, the next try keeps the place.

        Args:
            bucket: the stack's bucket.
            key: where the mails of the day and of this kind are counted.
            end: which end of which execution it is about.
            subject: its subject.
            text: writes its text.

        Raises:
            TryAgain: many write at the same moment.
        """
        place = count_mail(bucket, key, end)
        if place is None:
            return
        message = text(is_last=place == MOST_A_DAY)
        self.sns.publish(TopicArn=self.topic, Subject=subject, Message=message)


def mail_of_successes(environment: Mapping[str, str], sns: "SNSClient") -> Mail | None:
    """Where a step with this environment mails that something is done; None where nobody wants
    that."""
    return Mail(sns, environment["TOPIC"]) if environment["MAIL_ABOUT"] == "all" else None


def count_mail(bucket: Bucket, key: str, end: str) -> int | None:
    """Which mail of a day the one about ``end`` is, from 1; None beyond the last.

    They are kept under the ``key``, which is one of the day's.

    An end of an execution counts once, however often it is asked for: it keeps its place.

    Raises:
        TryAgain: many write at the same moment.
    """
    # After the last try it looks once more: those who were quicker may have filled the day.
    for tries_left in range(_TRIES, -1, -1):
        stored = bucket.read_stored(key)
        told = _told(stored)
        if end in told:
            return told.index(end) + 1
        if len(told) >= MOST_A_DAY:
            return None
        if tries_left and _is_written(bucket, key, [*told, end], stored):
            return len(told) + 1
    raise TryAgain(spoken("Many executions write {key} at the same moment.", key=key))


def _told(stored: Stored | None) -> list[str]:
    """The ends that were mailed on the day; what somebody else has put there counts for nothing."""
    try:
        told = json.loads(stored.body) if stored else []
    except (ValueError, RecursionError):
        return []
    is_ours = isinstance(told, list) and all(isinstance(end, str) for end in told)
    return told if is_ours else []


def _is_written(bucket: Bucket, key: str, told: list[str], before: Stored | None) -> bool:
    """Writes the ends if nobody has changed them, or is changing them; returns whether it did."""
    try:
        return bucket.write_if_unchanged(key, json.dumps(told).encode(), before)
    except TryAgain:
        return False
