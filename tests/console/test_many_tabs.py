"""Many tabs of the console in one browser, which has six connections to a host for all of them."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from console.listening import listening
from console.server import ConsoleServer
from tests.console.executions import FakeStates, place_with

TABS = 8
# In a browser that nobody looks at, every tab says that it is looked at.
LOOKED_AT = "Object.defineProperty(document, 'hidden', {get: () => window.isAway ?? false})"


@pytest.fixture
def states() -> FakeStates:
    return FakeStates()


@pytest.fixture
def address(states: FakeStates) -> Iterator[str]:
    server = ConsoleServer(place_with(states), listening(0), "token", "en")
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.access.address
    server.stop()
    thread.join()


def look(page: Page, *, away: bool) -> None:
    page.evaluate(
        "away => { window.isAway = away; document.dispatchEvent(new Event('visibilitychange')); }",
        away,
    )


def test_a_tab_that_nobody_looks_at_keeps_no_connection(
    browser: Browser, address: str, states: FakeStates
) -> None:
    context = browser.new_context()
    context.add_init_script(LOOKED_AT)
    first, *others = (context.new_page() for _ in range(TABS))
    first.goto(address)
    look(first, away=True)
    for page in others:
        page.goto(address.partition("?")[0])
        look(page, away=True)
    states.start({"dataset": "figs"})
    look(first, away=False)
    expect(first.get_by_role("link", name="figs")).to_be_visible()
    context.close()
