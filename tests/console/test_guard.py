"""Nobody gets into the console but this machine's browser with the token."""

from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from operate.account import Account
from operate.home_key import Credentials
from operate.place import Place
from tests.console.conftest import ACCESS, PORT, Opened

HOST = f"127.0.0.1:{PORT}"
# Nothing answers there: who is let in reads so, and who is not does not.
NOWHERE = Place(
    Account(endpoint="http://127.0.0.1:9", key=Credentials("key", "secret")), "codefree", Path("h")
)


@pytest.fixture(scope="module")
def browser(opened: Opened) -> TestClient:
    return opened(NOWHERE)


@pytest.fixture
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url=f"http://{HOST}", follow_redirects=False)


def is_let_in(answer: Response) -> bool:
    return answer.status_code not in {401, 403, 421}


def test_the_token_becomes_a_cookie_and_leaves_the_address(stranger: TestClient) -> None:
    assert stranger.get("/nowhere").status_code == 401
    shown = stranger.get(f"/nowhere?token={ACCESS.token}")
    assert (shown.status_code, shown.headers["location"]) == (303, "/nowhere")
    cookie = shown.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert ACCESS.token not in shown.headers["set-cookie"]
    assert stranger.get("/nowhere").status_code == 404


@pytest.mark.parametrize("token", ["", "x", ACCESS.token[:-1], ACCESS.cookie, "ü", "\u202e"])
def test_a_wrong_token_opens_nothing(stranger: TestClient, token: str) -> None:
    shown = stranger.get("/", params={"token": token})
    assert shown.status_code == 403 and "set-cookie" not in shown.headers


@pytest.mark.parametrize("cookie", ["", "x", ACCESS.token, ACCESS.cookie[:-1], "ü"])
def test_a_wrong_cookie_opens_nothing(stranger: TestClient, cookie: str) -> None:
    sent = {b"Cookie": f"{ACCESS.cookie_name}={cookie}".encode()}
    assert stranger.get("/", headers=sent).status_code == 401


def test_the_redirect_stays_on_this_host(stranger: TestClient) -> None:
    for path in ("//evil.example/", "///evil.example", "/%2F/evil.example"):
        shown = stranger.get(f"http://{HOST}{path}?token={ACCESS.token}")
        assert not shown.headers["location"].startswith(("//", "http", "/\\")), path


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", "", "x"]
)
def test_another_host_is_refused(browser: TestClient, host: str) -> None:
    assert browser.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", [HOST, f"localhost:{PORT}", f"LOCALHOST:{PORT}", f"[::1]:{PORT}"])
def test_this_machine_s_names_are_known(browser: TestClient, host: str) -> None:
    assert is_let_in(browser.get("/nowhere", headers={"Host": host}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://{HOST}"},
        {"Origin": f"http://127.0.0.1:{PORT + 1}"},
        {"Origin": f"http://localhost:{PORT}"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"http://{HOST}.evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_page_changes_nothing(
    browser: TestClient, method: str, headers: dict[str, str]
) -> None:
    assert browser.request(method, "/language", headers=headers).status_code == 403


def test_what_names_no_origin_changes_nothing(stranger: TestClient) -> None:
    stranger.cookies.set(ACCESS.cookie_name, ACCESS.cookie)
    assert stranger.post("/language").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_reads_nothing_but_may_lead_here(browser: TestClient, site: str) -> None:
    for mode in ("no-cors", "cors", "websocket"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        assert browser.get("/nowhere", headers=headers).status_code == 403
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert is_let_in(browser.get("/nowhere", headers=headers))


def test_every_answer_forbids_what_the_pages_do_not_need(
    browser: TestClient, stranger: TestClient
) -> None:
    answers = [
        browser.get("/"),
        browser.get("/nowhere"),
        browser.get("/static/console.css"),
        stranger.get("/"),
        stranger.get(f"/?token={ACCESS.token}"),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers


def test_static_files_alone_need_no_cookie_and_end_at_their_folder(stranger: TestClient) -> None:
    assert stranger.get("/static/console.css").status_code == 200
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert stranger.get(path).status_code in {401, 404}, path


def test_what_has_failed_is_told_in_words_and_in_the_chosen_language(browser: TestClient) -> None:
    failed = browser.get("/")
    assert failed.status_code == 502 and "Traceback" not in failed.text
    assert "Nothing answers at http://127.0.0.1:9." in failed.text
    chosen = browser.post("/language", data={"language": "ko", "back": "//evil.example"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/evil.example")
    assert '<html lang="ko">' in browser.get("/").text
    browser.post("/language", data={"language": "<script>", "back": "/"})
    assert '<html lang="ko">' in browser.get("/").text
    browser.cookies.delete("codefree-language")
    assert '<html lang="ko">' in browser.get("/", headers={"Accept-Language": "ko-KR,en"}).text


def test_korean_letters_come_from_the_machine_itself(stranger: TestClient) -> None:
    font = stranger.get("/static/korean.otf")
    assert font.headers["content-type"] == "font/otf" and font.content.startswith(b"OTTO")
