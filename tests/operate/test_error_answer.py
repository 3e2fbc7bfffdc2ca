"""What AWS refuses with, wherever the answer has it."""

from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from operate.account import Account, CannotDo, explained
from operate.error_answer import ErrorAnswer, error_answer
from operate.stack.deployment import Deployment

STATUS = {"ResponseMetadata": {"HTTPStatusCode": 500}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"Error": {"Code": "A", "Message": "b"}}, ErrorAnswer("A", "b", 500)),
        ({"Code": "A", "Message": "b"}, ErrorAnswer("A", "b", 500)),
        ({}, ErrorAnswer("500", "The answer gives no reason (HTTP status 500).", 500)),
    ],
)
def test_code_and_message_are_found_or_told_to_be_missing(
    answer: Any, expected: ErrorAnswer
) -> None:
    assert error_answer(ClientError(answer | STATUS, "DescribeStacks")) == expected


def test_an_answer_without_a_reason_is_told_in_words() -> None:
    refusing = Mock()
    refusing.describe_stacks.side_effect = ClientError(STATUS, "DescribeStacks")  # type: ignore[arg-type]
    with pytest.raises(CannotDo, match="gives no reason"), explained(Account()):
        Deployment("s", refusing, Mock(), Mock()).now()
