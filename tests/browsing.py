"""A browser that looks at a page as everybody may: axe-core, light and dark, desk and phone.

The browser is the system's chromium, which `make test` installs on Debian where it may; where there
is none, what needs it is skipped.
"""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

AXE = Path(__file__).parent.parent / ".venv/checks/node_modules/axe-core/axe.min.js"
# What passes needs not be described.
FIND_VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(result => result.violations)"
_LONGEST_MS = 600_000  # on a busy machine
# Chromium loads what its address bar may unfold, a page of its own, for each window, which nobody
# types into here: that took most of a second of the processor.
_OPTIONS = ["--no-sandbox", "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"]
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `make setup` does it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_CHROMIUM, args=_OPTIONS)
        expect.set_options(timeout=_LONGEST_MS)
        started.on("context", lambda context: context.set_default_timeout(_LONGEST_MS))
        yield started
        started.close()


@functools.cache
def _page_for_texts(browser: Browser) -> Page:
    """One for all texts: a new one takes as much of the processor as axe does in four looks."""
    return browser.new_context(bypass_csp=True).new_page()


def _shown(browser: Browser, text: str) -> Page:
    page = _page_for_texts(browser)
    page.goto("about:blank")  # nothing of the text before stays
    page.set_content(text)
    return page


def assert_open_to_everybody(browser: Browser, text: str) -> None:
    assert_open_as_it_stands(_shown(browser, text))


def looks(page: Page) -> Iterator[tuple[str, int]]:
    """Has the page seen in light and dark, at a desk and on a phone: in words, and how wide."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        for width in (1280, 390):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 1200})
            yield f"{scheme}, {width} pixels", width


def _assert_open_in(page: Page, seen: str, width: int) -> None:
    found = page.evaluate(FIND_VIOLATIONS)
    told = [(f["id"], [node["html"][:200] for node in f["nodes"]]) for f in found]
    assert not told, f"{seen}: {told}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, seen


def assert_open_as_it_stands(page: Page) -> None:
    """The same of a page as it stands, after what was done on it; its context bypasses the CSP.

    It is loaded once for all: no script asks how wide the window is, or light or dark.
    """
    page.add_script_tag(path=AXE)
    for seen, width in looks(page):
        _assert_open_in(page, seen, width)
        assert page.locator("main").count() == 1


def lowest_contrast(browser: Browser, text: str, cells: str) -> float:
    """Of the text in the elements ``cells``, in both themes."""
    page = _shown(browser, text)
    return min(float(page.evaluate(_CONTRAST, cells)) for _ in looks(page))


# WCAG 2.2, "relative luminance" and "contrast ratio"; the browser turns any colour into bytes.
_CONTRAST = """cells => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const luminance = colour => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(byte => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return Math.min(...[...document.querySelectorAll(cells)].map(cell => {
    const style = getComputedStyle(cell);
    const both = [luminance(style.color), luminance(style.backgroundColor)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  }));
}"""


def assert_pages_open_to_everybody(browser: Browser, opening: str, *paths: str) -> None:
    """The same of pages of the console, which the address ``opening`` opens; and they say no errors
    to the browser's console, and ask nobody else for anything."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page, host = context.new_page(), "/".join(opening.split("/")[:3])
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type} {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(opening)
    for path in paths:
        page.goto(f"{host}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert_open_as_it_stands(page)
        assert not [line for line in said if line.startswith("error")], (path, said)
        assert all(address.startswith(f"{host}/") for address in asked), (path, asked)
    context.close()
