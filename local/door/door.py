"""The layer in front of moto's server, which holds every request against the keys given out."""

import hmac
import io
import re
import secrets
from typing import Any

from botocore.credentials import Credentials as BotoCredentials
from moto.moto_server import threaded_moto_server
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.access.control import AccessControl
from local.door.bodies import Chunked, Digested, Verified, read_whole
from local.door.refusal import (
    TIMED_OUT,
    UNKNOWN_KEY,
    WRONG_BODY,
    WRONG_TOKEN,
    NotForBrowsers,
    Refusal,
    Refused,
    answer,
    led_to,
    words,
)
from local.door.signature import Signature, signature_of
from local.door.signers import Signed
from local.door.visitors import is_visit, turn_away
from local.patches import replace
from operate.home_key import Credentials

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNSIGNED = {"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
_CORS = "access-control-"


class Door:
    """Lets in what the home's key or a role's session has signed.

    ``answers`` is a folder that nobody can guess: custom resources, which can't sign, answer below
    it. On AWS they are given a presigned URL for that. A browser that visits is sent to ``page``.
    """

    def __init__(self, port: int, own: Credentials, access: AccessControl) -> None:
        self._port = port
        self._own = own
        self._access = access
        self._server: Any = None
        self.answers = secrets.token_urlsafe(30)
        self.is_open = False
        self.page: str | None = None

    def put_before_the_server(self) -> None:
        """Puts the door in front of the server that is started next."""

        def behind_the_door(create_app: Any) -> Door:
            self._server = DomainDispatcherApplication(create_app)
            self.is_open = True
            in_front.undo()
            return self

        in_front = replace(threaded_moto_server, "DomainDispatcherApplication", behind_the_door)

    def pass_on(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answers a request (WSGI) of this process's own, which has nothing to prove."""
        return self._server(environ, start_response)

    def close(self) -> None:
        """Leaves this process's own outside, too, once the server is stopped."""
        self.is_open = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answers a request (WSGI)."""
        service = None
        try:
            turn_away(environ, self._port)
            if self.page and is_visit(environ):
                return led_to(self.page).send(environ, start_response)
            if self._is_answer(environ):
                return self._server(environ, _without_cors(start_response))
            signature = signature_of(environ)
            service = signature.service
            body = self._verified(signature, environ)
            environ["HTTP_AUTHORIZATION"] = signature.as_header
            return self._served(environ, _without_cors(start_response), body)
        except NotForBrowsers as reason:
            return words(str(reason)).send(environ, start_response)
        except Refused as refused:
            return answer(refused.refusal, service, environ).send(environ, start_response)
        except TimeoutError:  # the rest of the body does not come
            return answer(TIMED_OUT, service, environ).send(environ, start_response)

    def _is_answer(self, environ: dict[str, Any]) -> bool:
        """Whether a custom resource answers; its path is then the one that moto knows."""
        _, folder, *rest = environ["PATH_INFO"].split("/", 2)
        expected = self.answers.encode()
        if not rest or not hmac.compare_digest(folder.encode("utf-8", "replace"), expected):
            return False
        for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
            environ[name] = environ[name].removeprefix(f"/{folder}")
        is_known = re.fullmatch(r"/cloudformation_[\w-]+/cfnresponse", environ["PATH_INFO"])
        return environ["REQUEST_METHOD"] == "PUT" and is_known is not None

    def _verified(self, signature: Signature, environ: dict[str, Any]) -> Verified | None:
        """Verifies the signature, and leaves a body that verifies itself."""
        signed = Signed(signature, self._credentials(signature), environ)
        digest = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
        if signature.service != "s3":
            content = read_whole(environ)
            signed.verify(content)
            if digest is None:
                return None
            return _in_place(environ, Digested(environ, digest))
        if digest is None and signature.expires is None:
            raise Refused(_bad_digest("Missing required header for this request"))
        signed.verify(None)
        if digest is None or digest in _UNSIGNED:
            return None
        return _in_place(environ, _body(environ, digest, signature, signed))

    def _credentials(self, signature: Signature) -> BotoCredentials:
        """The secret that belongs to the access key, if the token does, too."""
        if signature.access_key == self._own.access_key:
            known = BotoCredentials(self._own.access_key, self._own.secret_key)
        elif session := self._access.session(signature.access_key):
            known = BotoCredentials(session.access_key, session.secret_key, session.token)
        else:
            raise Refused(UNKNOWN_KEY)
        given, right = signature.token or "", known.token or ""
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise Refused(WRONG_TOKEN)
        return known

    def _served(self, environ: dict[str, Any], start_response: Any, body: Verified | None) -> Any:
        """What the server answers, unless the body turned out to be another than was signed."""
        started: list[Any] = []
        try:
            served = self._server(environ, lambda *how: started.append(how))
        except Exception:
            if body and body.wrong:
                raise body.wrong from None
            raise
        if body and body.wrong:
            if hasattr(served, "close"):
                served.close()
            raise body.wrong
        start_response(*started[-1])
        return served


def _body(
    environ: dict[str, Any], digest: str, signature: Signature, signed: Signed
) -> Digested | Chunked:
    if digest in (_CHUNKS, f"{_CHUNKS}-TRAILER"):
        has_trailer = digest != _CHUNKS
        return Chunked(environ, signature.signature, signed.chunk_signature, has_trailer)
    if not _DIGEST.fullmatch(digest):
        raise Refused(_bad_digest("Not a valid value"))
    return Digested(environ, digest)


def _in_place(environ: dict[str, Any], body: Verified) -> Verified:
    environ["wsgi.input"] = io.BufferedReader(body)
    return body


def _bad_digest(text: str) -> Refusal:
    return WRONG_BODY.because(f"{text}: x-amz-content-sha256")


def _without_cors(start_response: Any) -> Any:
    """No page of another origin gets to read an answer, whatever a bucket's rules say."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        kept = [header for header in headers if not header[0].lower().startswith(_CORS)]
        return start_response(status, kept, *more)

    return start
