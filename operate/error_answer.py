"""What AWS answers where it refuses a request.

Source: AWS SDK for Python, "Error handling". What only imitates AWS, or stands before it, may
answer with code and message in another place, or without.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operate.language import spoken


@dataclass(frozen=True)
class ErrorAnswer:
    """The error's code and message, and the answer's HTTP status."""

    code: str
    message: str
    status: int


def error_answer(error: ClientError) -> ErrorAnswer:
    """The parts of the answer that boto3 has made ``error`` of."""
    answer: Any = error.response
    said = answer.get("Error") or answer
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = said.get("Message") or spoken(
        "The answer gives no reason (HTTP status {status}).", status=status
    )
    return ErrorAnswer(str(said.get("Code") or status), str(message), status)


def reason_of(error: BaseException) -> str:
    """What an error says to a person: of AWS's, its message alone."""
    return error_answer(error).message if isinstance(error, ClientError) else str(error)
