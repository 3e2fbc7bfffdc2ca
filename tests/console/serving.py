"""The console of a stack in local mode, served for a browser."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from console.listening import listening
from console.server import ConsoleServer
from local.aws import LocalAws
from local.stack import Stack
from operate.account import Account
from operate.place import Place

TOKEN = "a-token-that-nobody-can-guess"


def place_of(aws: LocalAws, stack: Stack) -> Place:
    """The stack as a command sees it that was told where it is; there is no home."""
    name = stack.state_machine.rpartition(":")[2]
    return Place(Account(endpoint=aws.endpoint, key=aws.credentials), name, Path("nowhere"))


@contextlib.contextmanager
def served(place: Place) -> Iterator[ConsoleServer]:
    """The console, until the block ends."""
    server = ConsoleServer(place, listening(0), TOKEN, "en")
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@contextlib.contextmanager
def flawless_page(browser: Browser, server: ConsoleServer) -> Iterator[Page]:
    """A page that has been let in: to the end it has nothing to complain about in the browser's
    console, and asks nobody else for anything."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.extend(_outside(asked.url)))
    page.goto(server.access.address)
    yield page
    context.close()
    assert complaints == []


def _outside(address: str) -> list[str]:
    return [] if address.startswith(("http://127.0.0.1:", "data:")) else [address]
