"""The console of a place, as a browser that has shown the token sees it."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from console.app import console_app
from console.guard.access import Access
from lambdas.bucket.bucket import Bucket
from local.aws import LocalAws
from local.stack import Stack
from operate.drafts.drafts import Drafts
from operate.language import Language
from operate.place import Place
from tests.console.serving import TOKEN, place_of

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


@pytest.fixture(scope="module")
def place(aws: LocalAws, stack: Stack) -> Place:
    """The stack of all tests in local mode."""
    return place_of(aws, stack)


@pytest.fixture(scope="module")
def pages(opened: Opened, place: Place) -> Iterator[TestClient]:
    """The console of the place."""
    with opened(place) as client:
        yield client


@pytest.fixture(scope="module")
def drafts(place: Place) -> Iterator[Drafts]:
    """The drafts of the place, without a console."""
    made = Drafts(place)
    yield made
    made.stop()


@pytest.fixture
def bucket(drafts: Drafts) -> Bucket:
    """The bucket of the place."""
    return drafts.bucket
