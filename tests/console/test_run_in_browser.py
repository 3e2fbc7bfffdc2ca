"""A run's page in a browser: it goes on by itself, and everybody can use it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from console.server import ConsoleServer
from local.aws import LocalAws
from local.stack import Stack
from tests.browsing import AXE
from tests.console.serving import flawless_page, place_of, served
from tests.local.uploads import Uploader, table

# What an address is made of means nothing in a name.
NAME = "100% <i>&#38;?%2f"


@pytest.fixture(scope="module")
def console(aws: LocalAws, stack: Stack) -> Iterator[ConsoleServer]:
    with served(place_of(aws, stack)) as running:
        yield running


@pytest.fixture
def page(browser: Browser, console: ConsoleServer) -> Iterator[Page]:
    with flawless_page(browser, console) as seen:
        yield seen


def base(console: ConsoleServer) -> str:
    return console.access.address.partition("/?")[0]


def test_a_run_is_watched_from_its_training_to_its_report(
    page: Page,
    browser: Browser,
    console: ConsoleServer,
    aws: LocalAws,
    stack: Stack,
    tmp_path: Path,
) -> None:
    go_on = tmp_path / "go on"
    uploader = Uploader(aws, stack, NAME)
    uploader.upload_pair(table(behaviour=f"until {go_on}"), table(6, behaviour="report"))
    uploader.wait(uploader.training_jobs)
    execution = uploader.described()
    running = next(e for e in execution if e["status"] == "RUNNING")["name"]
    page.goto(f"{base(console)}/runs/{quote(running)}")
    expect(page.locator('[data-state="Train"]')).to_have_class("state running")
    expect(page.locator("#log-lines")).to_contain_text("Fitting model: StandIn")
    expect(page.locator("#run-board")).to_contain_text("0.7500")
    expect(page.locator("#run-budget progress")).to_be_visible()
    assert lines_after_the_last_shown(page) == 0
    # What somebody has opened stays open while the page goes on.
    page.locator('[data-state="CheckPair"]').click()
    details = page.locator("#state-0-details")
    expect(details).to_have_attribute("open", "")
    go_on.touch()
    expect(page.locator('[data-state="Publish"]')).to_have_class("state succeeded")
    expect(page.locator("#run-mark")).to_have_text("Done")
    expect(page.locator('[data-state="Train"]')).to_have_class("state succeeded")
    expect(details).to_have_attribute("open", "")
    page.locator("#to-report").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("html")).to_be_attached()
    with page.expect_download() as started:
        page.get_by_role("link", name=f"{NAME}_test_prediction.csv").click()
    # The browser puts something else in the place of what no file name may have.
    assert started.value.suggested_filename.endswith("%2f_test_prediction.csv")
    assert Path(started.value.path()).read_text() == table(6, behaviour="report")
    for address in ("", "/report", "/events", "/log"):
        assert_open(browser, f"{base(console)}/runs/{quote(running)}{address}", console)
    assert_runs_nothing(browser, f"{base(console)}/runs/{quote(running)}/report", console, uploader)


def lines_after_the_last_shown(page: Page) -> float:
    """How far a log of many lines is from its end, in pixels, when it is first shown."""
    return float(
        page.evaluate(
            """() => {
              const log = document.getElementById("log-lines");
              const lines = log.querySelector("pre");
              lines.textContent = "a line\\n".repeat(500) + "the last";
              return Math.max(0, lines.getBoundingClientRect().bottom
                - log.getBoundingClientRect().bottom);
            }"""
        )
    )


def assert_runs_nothing(
    browser: Browser, address: str, console: ConsoleServer, uploader: Uploader
) -> None:
    """A report that somebody else has written is read, and leads to the run's own files."""
    [key] = [key for key in uploader.keys("results/100") if key.endswith("_report.html")]
    uploader.put_past_policy(
        key,
        "<!doctype html><p>read</p><script>document.body.textContent = 'ran'</script>"
        f'<a href="{quote(NAME)}_test_prediction.csv">Predictions</a>'
        f'<form method="post" action="{address}/stop"><button>Stop</button></form>',
    )
    context = browser.new_context()
    page = context.new_page()
    posted: list[str] = []
    page.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)
    page.goto(console.access.address)
    page.goto(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("p")).to_have_text("read")
    frame.get_by_text("Stop").click()
    with page.expect_download() as started:
        frame.get_by_text("Predictions").click()
    assert Path(started.value.path()).read_text() == table(6, behaviour="report")
    assert not posted
    context.close()


def test_a_failed_run_is_told_to_everybody(
    page: Page, browser: Browser, console: ConsoleServer, aws: LocalAws, stack: Stack
) -> None:
    uploader = Uploader(aws, stack, "fails here")
    uploader.upload_pair(table(behaviour="fail"), table(6))
    address = f"{base(console)}/runs/{uploader.failed()['name']}"
    page.goto(address)
    expect(page.locator("#run-now")).to_contain_text("The stand-in was told to fail.")
    expect(page.locator('[data-state="RecoverTraining"]')).to_have_class("state failed")
    # Why it failed stands open where it did.
    failed = page.locator("details[open] .bad").first
    expect(failed).to_be_visible()
    assert_open(browser, address, console)


def assert_open(browser: Browser, address: str, console: ConsoleServer) -> None:
    """No rule of axe is broken, in either theme, and nothing is wider than the page."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(console.access.address)
    looks: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("dark", 390))
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(address)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run({exclude: ['iframe']}).then(result => result.violations)")
        told = [(f["id"], [node["html"][:200] for node in f["nodes"]]) for f in found]
        assert not told, f"{address}, {scheme}, {width} pixels: {told}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
