"""The page for a new run in a browser: with its script, and open to everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from local.aws import LocalAws
from local.stack import Stack
from tests.browsing import assert_open_as_it_stands
from tests.console.serving import place_of, served

MIB = 1024**2
PART = re.compile(r"/files/[^/]+/\d+$")


@pytest.fixture(scope="module")
def address(aws: LocalAws, stack: Stack) -> Iterator[str]:
    with served(place_of(aws, stack)) as running:
        yield running.access.address


@pytest.fixture(scope="module")
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    made = browser.new_context(bypass_csp=True)
    made.new_page().goto(address)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    made, troubles = context.new_page(), list[str]()
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    origin = address.partition("/?")[0]
    made.on("request", lambda r: None if r.url.startswith(origin) else troubles.append(r.url))
    made.goto(f"{origin}/new")
    yield made
    made.close()
    assert [text for text in troubles if "ERR_FAILED" not in text] == []


def large(folder: Path, name: str = "cherries.csv") -> Path:
    """A table of two parts."""
    path = folder / name
    rows = 9 * MIB // 20
    path.write_text("number,label\n" + "".join(f"{n:012d},{n % 2:6d}\n" for n in range(rows)))
    return path


def test_two_files_are_brought_and_checked_and_the_page_is_open_to_everybody(
    page: Page, tmp_path: Path
) -> None:
    assert_open_as_it_stands(page)
    rows = "\n".join(f"{n},{n % 7},{'yes' if n % 3 else 'no'}" for n in range(400))
    for part in ("train", "test"):
        path = tmp_path / f"dates_{part}.csv"
        path.write_text(f"number,rest,label\n{rows}\n" if part == "train" else "number,rest\n1,2\n")
    page.set_input_files("#files", sorted(tmp_path.glob("*.csv")))
    expect(page.get_by_role("button", name="Start: predict label")).to_be_visible()
    expect(page.get_by_role("heading", name="dates")).to_be_visible()
    assert_open_as_it_stands(page)
    page.get_by_role("button", name="Remove these files").click()
    page.wait_for_url("**/new")


def test_settings_that_were_typed_are_checked_before_anything_starts(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "plums.csv"
    path.write_text("number,label\n" + "".join(f"{n},{n % 2}\n" for n in range(400)))
    page.set_input_files("#files", path)
    start = page.get_by_role("button", name="Start: predict label")
    expect(start).to_be_visible()
    started: list[str] = []
    page.on("request", lambda r: started.append(r.url) if r.url.endswith("/start") else None)
    expect(page.locator("#unchecked")).to_be_hidden()
    page.get_by_label("minutes").fill("7")
    expect(page.locator("#unchecked")).to_be_visible()
    start.click()
    expect(page.get_by_text("Trains for up to 7 min")).to_be_visible()
    assert started == []
    expect(page.locator("#unchecked")).to_be_hidden()
    page.get_by_role("button", name="Remove these files").click()
    page.wait_for_url("**/new")


def test_a_lost_connection_and_a_reload_do_not_begin_anew(page: Page, tmp_path: Path) -> None:
    sent: list[str] = []

    def lose(route: Route) -> None:
        part = route.request.url.rpartition("/")[2]
        sent.append(part)
        if part == "2" and sent.count("2") < 3:
            route.abort()
        else:
            route.continue_()

    page.route(PART, lose)
    page.set_input_files("#files", large(tmp_path))
    expect(page.locator("#check-title")).to_be_visible()
    assert sorted(sent) == ["1", "2", "2", "2"]
    expect(page.get_by_role("button", name="Remove these files")).to_be_visible()

    page.unroute(PART)
    page.goto(page.url.partition("/new")[0] + "/new")
    page.route("**/files/*/2", lambda route: route.abort())
    page.set_input_files("#files", large(tmp_path, "limes.csv"))
    expect(page.locator("#sending-status.bad")).to_be_visible()
    expect(page.locator("#sending-files .number")).to_contain_text("8.4 MB of")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/files/*/2")  # not before: the page itself would try again, and succeed
    again: list[str] = []
    page.on("request", lambda r: again.append(r.url) if r.method == "PUT" else None)
    page.set_input_files("input[type=file]", tmp_path / "limes.csv")
    expect(page.locator("#check-title")).to_be_visible()
    assert [url.rpartition("/")[2] for url in again] == ["2"]
