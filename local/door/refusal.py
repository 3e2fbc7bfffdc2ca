"""What is refused, and how AWS tells it in the protocol of the service.

Sources: Amazon S3 API Reference, "Error responses"; AWS General Reference, "Common error types".
"""

import json
import uuid
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

_FORM = "application/x-www-form-urlencoded"
_INVALID_TOKEN = "The security token included in the request is invalid."
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse: code, text and HTTP status of S3, and code and text of the others."""

    s3_code: str
    s3_text: str
    s3_status: int
    query_code: str
    json_code: str
    text: str

    def because(self, text: str) -> "Refusal":
        """The same with other words."""
        return replace(self, s3_text=text, text=text)


UNSIGNED = Refusal(
    *("AccessDenied", "Access Denied", 403),
    *("MissingAuthenticationToken", "MissingAuthenticationTokenException"),
    "Missing Authentication Token",
)
UNKNOWN_KEY = Refusal(
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    403,
    *("InvalidClientTokenId", "UnrecognizedClientException"),
    _INVALID_TOKEN,
)
WRONG_TOKEN = Refusal(
    *("InvalidToken", "The provided token is malformed or otherwise invalid.", 400),
    *("InvalidClientTokenId", "UnrecognizedClientException"),
    _INVALID_TOKEN,
)
MISMATCH = Refusal(
    *("SignatureDoesNotMatch", _MISMATCH, 403),
    *("SignatureDoesNotMatch", "InvalidSignatureException"),
    _MISMATCH,
)
SKEWED = Refusal(
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    403,
    *("SignatureDoesNotMatch", "InvalidSignatureException"),
    "Signature expired: the request was not signed within 15 minutes of now.",
)
EXPIRED = UNSIGNED.because("Request has expired")
MALFORMED = Refusal(
    *("AuthorizationHeaderMalformed", "The authorization header is malformed.", 400),
    *("IncompleteSignature", "IncompleteSignatureException"),
    "The authorization header is malformed.",
)
NOT_SUPPORTED = replace(MALFORMED, s3_code="InvalidRequest").because(
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
)
UNSIGNED_HEADERS = UNSIGNED.because(
    "There were headers present in the request which were not signed"
)
WRONG_BODY = replace(MISMATCH, s3_code="XAmzContentSHA256Mismatch", s3_status=400).because(
    "The provided 'x-amz-content-sha256' header does not match what was computed."
)
SHORT_BODY = replace(WRONG_BODY, s3_code="IncompleteBody").because(
    "You did not provide the number of bytes specified by the Content-Length HTTP header."
)
TIMED_OUT = replace(MALFORMED, s3_code="RequestTimeout").because(
    "Your socket connection to the server was not read from or written to within the timeout "
    "period. Idle connections will be closed."
)
TOO_LARGE = replace(MALFORMED, s3_code="EntityTooLarge").because("The request is too large.")


class Refused(Exception):
    """A request that is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


class NotForBrowsers(Exception):
    """A request that no program of the person's own sends; the text says so."""


def answer(refusal: Refusal, service: str | None, environ: dict[str, Any]) -> "Answer":
    """How the service tells it; without a service it is told by what the request looks like."""
    kind = environ.get("CONTENT_TYPE", "")
    if "json" in kind or "HTTP_X_AMZ_TARGET" in environ:
        return _json(refusal)
    if service in (None, "s3") and not kind.startswith(_FORM):
        return _s3(refusal)
    return _query(refusal) if kind.startswith(_FORM) else _json(refusal)


def words(text: str) -> "Answer":
    """A plain sentence, which no browser takes for a page."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    return Answer(403, headers, f"{text}\n".encode())


def led_to(page: str) -> "Answer":
    """Sends a browser to another page."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Location", page)]
    return Answer(303, headers, f"{page}\n".encode())


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answers the request; one for the head alone gets no more than that."""
        status = f"{self.status} {HTTPStatus(self.status).phrase}"
        start_response(status, [*self.headers, ("Content-Length", str(len(self.body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


def _s3(refusal: Refusal) -> Answer:
    request = str(uuid.uuid4())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refusal.s3_code}</Code>'
        f"<Message>{escape(refusal.s3_text)}</Message><RequestId>{request}</RequestId></Error>"
    )
    headers = [("Content-Type", "application/xml"), ("x-amz-request-id", request)]
    return Answer(refusal.s3_status, headers, text.encode())


def _query(refusal: Refusal) -> Answer:
    request = str(uuid.uuid4())
    text = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{refusal.query_code}</Code>"
        f"<Message>{escape(refusal.text)}</Message></Error><RequestId>{request}</RequestId>"
        "</ErrorResponse>"
    )
    headers = [("Content-Type", "text/xml"), ("x-amzn-RequestId", request)]
    return Answer(403, headers, text.encode())


def _json(refusal: Refusal) -> Answer:
    text = json.dumps({"__type": refusal.json_code, "message": refusal.text})
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", refusal.json_code),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    return Answer(400, headers, text.encode())
