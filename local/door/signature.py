"""The signature that a request carries, read from its header or its query and not yet believed.

Sources: AWS IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API Reference,
"Authenticating requests: using query parameters"; Amazon S3 User Guide, "Signing and authenticating
REST requests" (Signature Version 2, which boto3 uses for presigned URLs unless told otherwise).
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from botocore.auth import HmacV1Auth

from local.door.refusal import MALFORMED, NOT_SUPPORTED, UNSIGNED, Refused

_ALGORITHM = "AWS4-HMAC-SHA256"
# Region and service in capitals could be taken for an access key by moto.
_CREDENTIAL = (
    r"(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)
_SIGNED = r"(?P<headers>[\w.;-]+)"
_SIGNATURE = r"(?P<signature>[0-9a-f]{64})"
_HEADER = re.compile(
    rf"{_ALGORITHM} +Credential={_CREDENTIAL}, *SignedHeaders={_SIGNED}, *Signature={_SIGNATURE}",
    re.ASCII,
)
_SCOPE = re.compile(_CREDENTIAL, re.ASCII)
_QUERY_NAMES = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
_LONGEST_EXPIRY = 7 * 24 * 3600
_V2_NAMES = {"AWSAccessKeyId", "Signature", "Expires"}
# boto3 moves headers that Signature Version 2 covers into the query.
_V2_HEADERS = {"content-md5", "content-type"}


@dataclass(frozen=True)
class Signature:
    """Whose it says it is, what it covers, and until when it holds.

    ``moment`` is when it was made, as the request has it; ``expires`` how many seconds it holds
    after that, where it is in the query. A signature of version 2 has neither scope nor headers,
    and ``expires`` is the moment itself, in seconds since 1970.
    """

    version: int
    access_key: str
    signature: str
    day: str = ""
    region: str = "us-east-1"
    service: str = "s3"
    headers: tuple[str, ...] = ()
    moment: str = ""
    expires: int | None = None
    token: str | None = None

    @property
    def as_header(self) -> str:
        """The header by which moto's server sees what the request is for, and whose it is.

        moto takes for the access key what looks like one: nothing else in the header may, so the
        signature, which has been verified by then, is left out.
        """
        scope = f"{self.access_key}/{self.day}/{self.region}/{self.service}/aws4_request"
        return f"{_ALGORITHM} Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"


def signature_of(environ: dict[str, Any]) -> Signature:
    """The signature that the request carries.

    Raises:
        Refused: it has none, more than one, or one that can't be read.
    """
    query = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    names = Counter(name for name, _ in query)
    is_presigned = any(name.lower().startswith("x-amz-") for name in names)
    has_header = "HTTP_AUTHORIZATION" in environ
    if has_header and not (names.keys() & {"X-Amz-Signature", "AWSAccessKeyId", "Signature"}):
        return _in_header(environ)
    if has_header:
        raise Refused(MALFORMED.because("Only one auth mechanism allowed."))
    if "AWSAccessKeyId" in names:
        return _version_2(dict(query), names)
    if is_presigned:
        return _in_query(dict(query), names)
    raise Refused(UNSIGNED)


def _in_header(environ: dict[str, Any]) -> Signature:
    text = environ["HTTP_AUTHORIZATION"]
    found = _HEADER.fullmatch(text)
    if not found:
        raise Refused(MALFORMED if text.startswith(_ALGORITHM) else NOT_SUPPORTED)
    headers = tuple(found["headers"].split(";"))
    dated = "HTTP_X_AMZ_DATE" if "x-amz-date" in headers else "HTTP_DATE"
    return Signature(
        version=4,
        access_key=found["key"],
        signature=found["signature"],
        day=found["day"],
        region=found["region"],
        service=found["service"],
        headers=headers,
        moment=environ.get(dated, ""),
        token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
    )


def _in_query(query: dict[str, str], names: Counter[str]) -> Signature:
    if any(names[f"X-Amz-{name}"] != 1 for name in _QUERY_NAMES):
        raise Refused(MALFORMED.because("The query parameters of the signature are incomplete."))
    scope = _SCOPE.fullmatch(query["X-Amz-Credential"])
    signature, expires = query["X-Amz-Signature"], query["X-Amz-Expires"]
    if not (
        scope
        and query["X-Amz-Algorithm"] == _ALGORITHM
        and re.fullmatch(_SIGNATURE, signature)
        and re.fullmatch(_SIGNED, query["X-Amz-SignedHeaders"], re.ASCII)
        and re.fullmatch(r"[1-9]\d{0,5}", expires, re.ASCII)
        and int(expires) <= _LONGEST_EXPIRY
    ):
        raise Refused(MALFORMED.because("The query parameters of the signature are malformed."))
    # moto's server can't tell which other service a query is for.
    if scope["service"] != "s3":
        raise Refused(NOT_SUPPORTED.because("Only requests to S3 may be signed in the query here."))
    return Signature(
        version=4,
        access_key=scope["key"],
        signature=signature,
        day=scope["day"],
        region=scope["region"],
        headers=tuple(query["X-Amz-SignedHeaders"].split(";")),
        moment=query["X-Amz-Date"],
        expires=int(expires),
        token=query.get("X-Amz-Security-Token"),
    )


def _version_2(query: dict[str, str], names: Counter[str]) -> Signature:
    """What it does not cover must not be there: it could be anybody's."""
    covered = _V2_NAMES | _V2_HEADERS | set(HmacV1Auth.QSAOfInterest)
    expires = query.get("Expires", "")
    if not (
        all(number == 1 for number in names.values())
        and all(name in covered or name.startswith("x-amz-") for name in names)
        and names.keys() >= _V2_NAMES
        and re.fullmatch(r"\d{1,12}", expires, re.ASCII)
    ):
        raise Refused(MALFORMED.because("The query parameters of the signature are malformed."))
    return Signature(
        version=2,
        access_key=query["AWSAccessKeyId"],
        signature=query["Signature"],
        day="20060301",  # of no meaning: the version's own date
        expires=int(expires),
        token=query.get("x-amz-security-token"),
    )
