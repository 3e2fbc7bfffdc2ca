"""What AWS refuses: what passes by itself is tried again, the rest is explained in words.

boto3 has retried by then what it knows how to retry. Its exceptions are called ``ClientError``
whatever AWS said, which a state machine's ``ErrorEquals`` could not tell apart. Sources: Amazon S3
API reference, "Error responses"; the "Common errors" of the other services' API references.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from lambdas.errors import NotAllowed, TryAgain
from lambdas.language import spoken

Event = TypeVar("Event")
Result = TypeVar("Result")

# The answer to a HEAD request has no body: its status stands for the error's name.
_PASSING = {
    "InternalError",
    "InternalFailure",
    "InternalServerException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"}
_SERVER_ERROR = 500


def explain_refusals(handler: Callable[[Event, Any], Result]) -> Callable[[Event, Any], Result]:
    """Makes a step's handler raise :class:`TryAgain` or :class:`NotAllowed` where AWS refuses."""

    @functools.wraps(handler)
    def explaining(event: Event, context: Any) -> Result:
        try:
            return handler(event, context)
        except ClientError as error:
            raise in_words(error) from error

    return explaining


def in_words(error: ClientError) -> Exception:
    """What AWS has refused, as :class:`TryAgain`, as :class:`NotAllowed`, or as it is."""
    code, what = error.response["Error"]["Code"], error.operation_name
    said = error.response["Error"].get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PASSING or status >= _SERVER_ERROR:
        return TryAgain(
            spoken(
                "AWS was busy: {call} was answered with {code} ({said}), again and again. That "
                "passes by itself: choose Redrive in a few minutes.",
                call=what,
                code=code,
                said=said,
            )
        )
    if code in _DENIED:
        return NotAllowed(
            spoken(
                "AWS did not allow {call}: {said}. Codefree's template gives its functions what "
                "they need, so a policy was changed, or the bucket, its key or the organization "
                "forbids it. Deploy the template again or fix that policy, then choose Redrive.",
                call=what,
                said=said or code,
            )
        )
    return error
