"""The console of a place, as a browser that has shown the token sees it."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from console.app import console_app
from console.guard.access import Access
from operate.language import Language
from operate.place import Place
from tests.console.serving import TOKEN

PORT = 8321
ACCESS = Access(PORT, TOKEN)
Opened = Callable[..., TestClient]


@pytest.fixture(scope="session")
def opened() -> Opened:
    """Makes a client of the console at a place, with the cookie and the headers of a browser."""

    def client(place: Place, language: Language | None = None) -> TestClient:
        address = f"http://127.0.0.1:{PORT}"
        app = console_app(place, ACCESS, language)
        browser = TestClient(app, base_url=address, follow_redirects=False)
        browser.cookies.set(ACCESS.cookie_name, ACCESS.cookie)
        browser.headers.update({"Origin": address, "Sec-Fetch-Site": "same-origin"})
        return browser

    return client
