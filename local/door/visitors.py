"""What no program of the person's own sends: other hosts' names, web pages, forms, moto's switches.

A browser sends requests to this machine for any page that asks for it, also under a name that the
page's owner lets point here (DNS rebinding). It tells by Origin and Sec-Fetch-Site whose page it
is (Fetch Metadata Request Headers, W3C).
"""

import re
from typing import Any

from local.door.refusal import MALFORMED, NotForBrowsers, Refused

# A bucket's own name before localhost is how S3 is asked in the virtual-hosted style.
_HOST = re.compile(
    r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.localhost|127\.0\.0\.1|localhost|\[::1\])"
    r"(?::(?P<port>\d{1,5}))?",
    re.IGNORECASE,
)
_HTTP_PORT = 80
_OWN_SITES = {"same-origin", "none"}
# moto's own switches, and what it makes of a machine's metadata.
_CLOSED = ("/moto-api", "/latest/meta-data", "/latest/api")
_PLAIN_TARGET = re.compile(r"/[!-\"$-~]*")


def turn_away(environ: dict[str, Any], port: int) -> None:
    """Looks at where the request comes from and what it is for.

    Raises:
        NotForBrowsers: a page's, or for something that nobody needs.
        Refused: its target is none that HTTP allows, and could be read in two ways.
    """
    host = environ.get("HTTP_HOST", "")
    found = _HOST.fullmatch(host)
    if not found or int(found["port"] or _HTTP_PORT) != port:
        raise NotForBrowsers(
            f"Codefree's local mode only answers at 127.0.0.1:{port} and localhost:{port}."
        )
    if environ.get("HTTP_ORIGIN", f"http://{host}") != f"http://{host}" or (
        environ.get("HTTP_SEC_FETCH_SITE", "none") not in _OWN_SITES
    ):
        raise NotForBrowsers("Codefree's local mode does not accept requests from web pages.")
    if environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"):
        raise NotForBrowsers("Codefree's local mode takes no forms. Upload with an AWS client.")
    if environ["PATH_INFO"].startswith(_CLOSED):
        raise NotForBrowsers("Codefree's local mode does not support this request.")
    if not _PLAIN_TARGET.fullmatch(environ["RAW_URI"]):
        raise Refused(MALFORMED.because("The request's target must be a path in plain ASCII."))


def is_visit(environ: dict[str, Any]) -> bool:
    """Whether a person has opened the address in a browser, and no link that AWS has signed."""
    is_signed = "HTTP_AUTHORIZATION" in environ or "Signature=" in environ.get("QUERY_STRING", "")
    wants_page = "text/html" in environ.get("HTTP_ACCEPT", "")
    return environ["REQUEST_METHOD"] == "GET" and wants_page and not is_signed


def bucket_in_host(environ: dict[str, Any]) -> str | None:
    """The bucket that the host's name tells."""
    found = _HOST.fullmatch(environ["HTTP_HOST"])
    return found["bucket"] if found else None
