"""The events that could not be delivered: what each is about, started anew, and removed.

Sources: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events"
(the message is the event; its attributes ``ERROR_CODE`` and ``ERROR_MESSAGE`` tell why); SQS API
reference, ReceiveMessage (a visibility timeout of 0 lets others see the message, too).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdas.bucket.layout import ROWS, UPLOADS
from lambdas.uploads.asked import key_in
from operate.account import Account
from operate.place import Place

_AT_A_TIME = 10
_MOST_ASKED = 10


@dataclass(frozen=True)
class DeadLetter:
    """An event by its message: ``key`` is the upload that it is about, empty for all others, and
    ``kind`` what AWS calls it."""

    id: str
    kind: str
    key: str
    why: str

    @property
    def is_upload(self) -> bool:
        """Whether it can be started anew: it is about an upload that a state machine takes."""
        return self.key.startswith((UPLOADS, ROWS))


@dataclass(frozen=True)
class _Message:
    letter: DeadLetter
    body: str
    receipt: str


def read_dead_letters(account: Account, queue: str) -> tuple[DeadLetter, ...]:
    """The events in the queue, as many as it shows; none where the stack has no such queue."""
    if not queue:
        return ()
    letters = [message.letter for message in _messages(account.client("sqs"), queue)]
    return tuple(sorted(letters, key=lambda letter: letter.id))


def start_dead_letters(place: Place, queue: str) -> int:
    """Starts the executions of the uploads among the events, and removes those; returns how many.

    An execution is named after its message, so however often this is done, it is started once.
    """
    sqs = place.account.client("sqs")
    started = 0
    for message in _messages(sqs, queue):
        letter = message.letter
        is_rows = letter.key.startswith(ROWS)
        machine = place.prediction_machine if is_rows else place.state_machine
        if not letter.is_upload or machine is None:
            continue
        states = place.account.states
        try:
            name = f"undelivered-{letter.id}"
            states.start_execution(stateMachineArn=machine, name=name, input=message.body)
            started += 1
        except states.exceptions.ExecutionAlreadyExists:
            pass  # by somebody who could not remove the message any more
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message.receipt)
    return started


def remove_dead_letter(account: Account, queue: str, letter: str) -> None:
    """Removes an event that somebody has looked at; nothing happens where it is gone."""
    sqs = account.client("sqs")
    for message in _messages(sqs, queue):
        if message.letter.id == letter:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message.receipt)


def _messages(sqs: Any, queue: str) -> Iterator[_Message]:
    """The queue's messages, each once: a queue shows a part of them at a time, in any order."""
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    number = int(asked["Attributes"]["ApproximateNumberOfMessages"])
    seen: set[str] = set()
    for _ in range(min(_MOST_ASKED, 2 * -(-number // _AT_A_TIME))):
        found = sqs.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=_AT_A_TIME,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        new = [m for m in found.get("Messages", []) if m["MessageId"] not in seen]
        for message in new:
            seen.add(message["MessageId"])
            yield _Message(_letter(message), message["Body"], message["ReceiptHandle"])
        if len(seen) >= number:
            return


def _letter(message: Any) -> DeadLetter:
    event = _event(message["Body"])
    attributes = message.get("MessageAttributes", {})
    told = (attributes.get(name, {}).get("StringValue") for name in _WHY)
    return DeadLetter(
        id=message["MessageId"],
        kind=str(event.get("detail-type", "")),
        key=key_in(event) or "",
        why=": ".join(filter(None, told)),
    )


def _event(body: str) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


# The second pair is what Lambda writes to a function's own queue (Lambda Developer Guide,
# "Adding a dead-letter queue").
_WHY = ("ERROR_CODE", "ERROR_MESSAGE", "ErrorCode", "ErrorMessage")
