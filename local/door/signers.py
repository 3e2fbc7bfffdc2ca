"""The signature that a request should carry, recomputed by botocore's own signers."""

import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import (
    SIGV4_TIMESTAMP,
    HmacV1QueryAuth,
    S3SigV4Auth,
    S3SigV4QueryAuth,
    SigV4Auth,
)
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local.door.refusal import EXPIRED, MISMATCH, SKEWED, UNSIGNED_HEADERS, Refused
from local.door.signature import Signature
from local.door.visitors import bucket_in_host

_SKEW = timedelta(minutes=15)
# By far the most are like this, and are read in a fifth of the time.
_PLAIN_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
# Of each role that works there are a few a day.
_KEYS_KEPT = 256
_SHA256 = "x-amz-content-sha256"


class _AsSigned(SigV4Auth):
    """Takes the headers that the client has signed, whichever botocore would sign."""

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """As botocore computes it, but the key that follows from the scope is derived once."""
        _, *scope, _ = self.scope(request).split("/")
        key = _key_of(self.credentials.secret_key, *scope)
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        signed = HTTPHeaders()
        for name in request.context["signed"]:
            signed[name] = request.headers[name]
        return signed


class _Header(_AsSigned):
    pass


class _S3Header(_AsSigned, S3SigV4Auth):
    pass


class _S3Query(_AsSigned, S3SigV4QueryAuth):
    pass


class _Version2(HmacV1QueryAuth):
    def __init__(self, credentials: Credentials, expires: int | None) -> None:
        super().__init__(credentials)
        self._moment = str(expires)

    def _get_date(self) -> str:
        return self._moment


class Signed:
    """A request whose signature is verified against the credentials that it names.

    ``chunk_signature`` goes on from it: a body in chunks has a signature for each of them.

    Raises:
        Refused: it is not theirs, not over this request, or not of now.
    """

    def __init__(self, signature: Signature, credentials: Credentials, environ: dict[str, Any]):
        self._environ = environ
        self._signature = signature
        self._credentials = credentials
        self._stamp = _checked_moment(signature).strftime(SIGV4_TIMESTAMP)
        _check_coverage(signature, environ)

    def verify(self, body: bytes | None) -> None:
        """Recomputes the signature; ``body`` is what it covers where no header has its digest.

        Raises:
            Refused: it does not match.
        """
        right = self._version_4(body) if self._signature.version == 4 else self._version_2()
        if not hmac.compare_digest(right.encode(), self._signature.signature.encode()):
            raise Refused(MISMATCH)

    def chunk_signature(self, algorithm: str, *parts: str) -> str:
        """The signature of a part of the body (Amazon S3 API Reference, "Signature calculations
        for the Authorization header: transferring payload in multiple chunks")."""
        signer, request = self._signer(), self._request(None)
        lines = [algorithm, self._stamp, signer.credential_scope(request), *parts]
        return str(signer.signature("\n".join(lines), request))

    def _version_4(self, body: bytes | None) -> str:
        signer, request = self._signer(), self._request(body)
        canonical = signer.canonical_request(request)
        return str(signer.signature(signer.string_to_sign(request, canonical), request))

    def _signer(self) -> SigV4Auth:
        signature = self._signature
        how = self._credentials, signature.service, signature.region
        if signature.service != "s3":
            return _Header(*how)
        return _S3Header(*how) if signature.expires is None else _S3Query(*how)

    def _request(self, body: bytes | None) -> AWSRequest:
        environ, signature = self._environ, self._signature
        headers = {name: _header(environ, name) for name in signature.headers}
        if _SHA256 not in headers and signature.expires is None and _has(environ, _SHA256):
            headers[_SHA256] = _header(environ, _SHA256)
        request = AWSRequest(environ["REQUEST_METHOD"], _url(environ), headers, data=body)
        request.context |= {"timestamp": self._stamp, "signed": signature.headers}
        return request

    def _version_2(self) -> str:
        """boto3 moves the headers that are signed into the query; the others come as headers."""
        environ = self._environ
        url = urlsplit(_url(environ))
        headers: Any = HTTPHeaders()
        moved = dict(parse_qsl(url.query, keep_blank_values=True))
        for name in ("content-md5", "content-type", *_amz_headers(environ)):
            if _has(environ, name):
                headers[name] = _header(environ, name)
        for name, value in moved.items():
            if name.startswith("x-amz-") or name in ("content-md5", "content-type"):
                del headers[name]
                headers[name] = value
        bucket = bucket_in_host(environ)
        path = f"/{bucket}{url.path}" if bucket else url.path
        signer = _Version2(self._credentials, expires=self._signature.expires)
        method = environ["REQUEST_METHOD"]
        return str(signer.get_signature(method, url, headers, auth_path=path))


@lru_cache(_KEYS_KEPT)
def _key_of(secret: str, *scope: str) -> bytes:
    """The key for signatures of a day, a region and a service (AWS IAM User Guide, "AWS Signature
    Version 4 for API requests")."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _checked_moment(signature: Signature) -> datetime:
    """When the request was signed, which is not too long ago."""
    now = datetime.now(UTC)
    if signature.version == 2:
        if signature.expires is None or now.timestamp() > signature.expires:
            raise Refused(EXPIRED)
        return now
    moment = _moment(signature)
    if signature.expires is not None:
        if now > moment + timedelta(seconds=signature.expires):
            raise Refused(EXPIRED)
        if moment > now + _SKEW:
            raise Refused(EXPIRED.because("Request is not valid yet"))
    elif abs(now - moment) > _SKEW:
        raise Refused(SKEWED)
    return moment


def _moment(signature: Signature) -> datetime:
    """When the request was signed; the scope is of the same day."""
    try:
        if _PLAIN_STAMP.fullmatch(signature.moment):
            moment = datetime.fromisoformat(signature.moment)
        else:
            moment = datetime.strptime(signature.moment, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        try:
            moment = parsedate_to_datetime(signature.moment).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Refused(
                UNSIGNED_HEADERS.because("AWS authentication requires a valid Date or x-amz-date")
            ) from None
    if moment.strftime("%Y%m%d") != signature.day:
        raise Refused(MISMATCH)
    return moment


def _check_coverage(signature: Signature, environ: dict[str, Any]) -> None:
    """What says to the service what is to be done must be signed."""
    if signature.version == 2:
        return
    needed = {"host", *_amz_headers(environ)} - {_SHA256}
    # The digest stands in what is signed anyhow, but not where the signature is in the query.
    if signature.expires is not None and _has(environ, _SHA256):
        needed |= {_SHA256} if _header(environ, _SHA256) != "UNSIGNED-PAYLOAD" else set()
    signed = {_key(name) for name in signature.headers}
    if not {_key(name) for name in needed} <= signed:
        raise Refused(UNSIGNED_HEADERS)
    if not all(_has(environ, name) for name in signature.headers):
        raise Refused(MISMATCH)


def _url(environ: dict[str, Any]) -> str:
    """The address that was signed: a signature can't cover itself."""
    path, mark, query = environ["RAW_URI"].partition("?")
    signed = [pair for pair in query.split("&") if not pair.startswith("X-Amz-Signature=")]
    return f"http://{environ['HTTP_HOST']}{path}{mark}{'&'.join(signed)}"


def _amz_headers(environ: dict[str, Any]) -> Iterable[str]:
    return [
        name.removeprefix("HTTP_").replace("_", "-").lower()
        for name in environ
        if name.startswith("HTTP_X_AMZ_")
    ]


def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _has(environ: dict[str, Any], name: str) -> bool:
    return _key(name) in environ


def _header(environ: dict[str, Any], name: str) -> str:
    """The header as the client wrote it, which is UTF-8 where it is not ASCII."""
    value = str(environ.get(_key(name), ""))
    return value.encode("latin-1").decode("utf-8", "replace")
