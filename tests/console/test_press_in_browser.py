"""What somebody presses while the page goes on by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import console

_LIVE = Path(console.__file__).parent / "static" / "live.js"
_PART = '<p id="part"><a href="/next">Go on</a></p>'
_PAGE = f"""<!doctype html><title>Runs</title><p id="trouble" hidden></p>
<main data-live="/events">{_PART}</main><script type="module" src="/live.js"></script>"""
# Events come when the test tells.
_TOLD = """window.EventSource = class extends EventTarget {
  constructor() { super(); window.told = this; }
  close() {}
}"""
_NEWS = f"""told.dispatchEvent(
  new MessageEvent("parts", {{data: JSON.stringify({{part: `{_PART}`}})}})
)"""
_MARK = "document.querySelector('a').dataset.before = ''"


def _answer(route: Route) -> None:
    path = route.request.url.rpartition("/")[2]
    if path == "live.js":
        route.fulfill(path=_LIVE, content_type="text/javascript")
    else:
        route.fulfill(body=_PAGE if path == "runs" else "There.", content_type="text/html")


@pytest.fixture
def pressed(browser: Browser) -> Iterator[Page]:
    """A page on whose link a person has pressed the button of the mouse when news came."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(_TOLD)
        page.route("**/*", _answer)
        page.goto("http://console.test/runs")
        page.evaluate(_MARK)
        page.get_by_role("link").hover()
        page.mouse.down()
        page.evaluate(_NEWS)
        yield page


def test_a_link_that_is_pressed_while_news_comes_is_followed(pressed: Page) -> None:
    pressed.mouse.up()
    expect(pressed.get_by_text("There.")).to_be_visible()


def test_what_came_meanwhile_is_shown_after_the_press(pressed: Page) -> None:
    before = pressed.locator("a[data-before]")
    assert before.count() == 1
    pressed.mouse.move(0, 0)
    pressed.mouse.up()
    expect(before).to_have_count(0)
    pressed.evaluate(_MARK)
    pressed.evaluate(_NEWS)
    assert before.count() == 0
