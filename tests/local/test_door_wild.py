"""Whatever is sent without the key never reaches the server, and is always answered in words."""

import io
from typing import Any
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from local.access.control import AccessControl
from local.door.door import Door
from operate.home_key import new_credentials

OWN = new_credentials()
SCOPE = f"{OWN.access_key}/20261125/us-east-1/s3/aws4_request"
DATE = "Fri, 31 Dec 9999 23:59:59 -2300"


def door() -> Door:
    made = Door(4566, OWN, AccessControl())
    made._server = lambda *_: (_ for _ in ()).throw(AssertionError("it has come in"))
    return made


def asked(
    target: str, method: str = "GET", body: bytes = b"", at: Door | None = None, **headers: str
) -> tuple[int, bytes]:
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1:4566",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **{name: value for name, value in headers.items() if value},
    }
    started: list[str] = []
    answer = b"".join((at or door())(environ, lambda status, *_: started.append(status)))
    [status] = started
    return int(status[:3]), answer


# As WSGI has it: the bytes that came in, each as a character.
wire = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
digits = st.text("0123456789abcdef", min_size=64, max_size=64)
authorization = wire | st.builds(
    lambda scope, headers, signature: (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, Signature={signature}"
    ),
    st.sampled_from([SCOPE, SCOPE.replace("s3", "states")]) | wire,
    st.sampled_from(["host", "host;x-amz-date", "host;date;x-amz-content-sha256"]) | wire,
    digits | wire,
)
dates = st.sampled_from(["20261125T000000Z", DATE, "99991231T235959Z", ""]) | wire
digest = st.sampled_from(
    ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]
)


@given(
    authorization,
    dates,
    dates,
    digest | digits | wire,
    wire,
    st.sampled_from(["GET", "PUT", "POST", "HEAD", "PATCH"]),
    st.binary(max_size=99),
)
@example(f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;date, Signature={'0' * 64}",
         "", DATE, "UNSIGNED-PAYLOAD", "", "GET", b"")  # fmt: skip
def test_wild_headers_open_nothing(
    header: str, amz_date: str, date: str, digest: str, kind: str, method: str, body: bytes
) -> None:
    status, _ = asked(
        "/codefree/data/a.csv",
        method,
        body,
        HTTP_AUTHORIZATION=header,
        HTTP_X_AMZ_DATE=amz_date,
        HTTP_DATE=date,
        HTTP_X_AMZ_CONTENT_SHA256=digest,
        CONTENT_TYPE=kind,
    )
    assert status in (400, 403)


NAMES = [
    *(f"X-Amz-{name}" for name in ("Algorithm", "Credential", "Date", "Expires", "Signature")),
    *("X-Amz-SignedHeaders", "X-Amz-Security-Token", "AWSAccessKeyId", "Signature", "Expires"),
    *("versionId", "x-amz-a", "content-type"),
]
VALUES = st.sampled_from(
    ["AWS4-HMAC-SHA256", SCOPE, "20261125T000000Z", "60", "host", "0" * 64, OWN.access_key,
     "99999999999"]
) | st.text(max_size=20)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12))
def test_wild_queries_open_nothing(query: list[tuple[str, str]]) -> None:
    told = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    assert asked(f"/codefree/data/a.csv?{told}")[0] in (400, 403)


@given(wire)
def test_wild_paths_and_hosts_open_nothing(text: str) -> None:
    assert asked(f"/{text}")[0] in (400, 403)
    assert asked("/", HTTP_HOST=text or "x")[0] == 403


def test_the_address_for_answers_takes_answers_alone() -> None:
    came_in: list[str] = []

    def server(environ: Any, start_response: Any) -> list[bytes]:
        came_in.append(environ["PATH_INFO"] + environ["RAW_URI"])
        start_response("200 OK", [])
        return []

    house = door()
    house._server, folder = server, house.answers
    for method, path in (
        ("GET", f"/{folder}/cloudformation_us-east-1/cfnresponse"),
        ("PUT", f"/{folder}/codefree/data/a.csv"),
        ("PUT", f"/{folder}x/cloudformation_us-east-1/cfnresponse"),
        ("PUT", "/cloudformation_us-east-1/cfnresponse"),
    ):
        assert asked(path, method, at=house)[0] in (400, 403)
    assert came_in == []
    known = "/cloudformation_us-east-1/cfnresponse"
    assert asked(f"/{folder}{known}?stack=x", "PUT", at=house)[0] == 200
    assert came_in == [f"{known}{known}?stack=x"]
