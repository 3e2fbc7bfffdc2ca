"""``codefree up`` serves the console: at the same address again, and never longer than itself."""

import http.client
import re
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from console.kept_address import kept_access
from tests.local.codefree_up import Up
from tests.waiting import LONGEST_SECONDS


def ask(address: str, **headers: str) -> tuple[int, dict[str, str]]:
    split = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", split.port, timeout=LONGEST_SECONDS)
    target = f"{split.path}?{split.query}" if split.query else split.path
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return answer.status, told


def consoles(up: Up) -> list[psutil.Process]:
    """The processes that serve the console of this home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "console" in words and str(up.home.resolve()) in words:
            found.append(process)
    return found


def test_the_console_has_the_same_address_after_up_was_killed(tmp_path: Path) -> None:
    up = Up(tmp_path / "home")
    try:
        up.start(console=True)
        [address] = re.findall(r"browser: (http://127\.0\.0\.1:\d+/\?token=\S+)", up.said)
        assert up.said.index(address) < up.said.index("export "), "the address comes first"
        status, told = ask(address)
        assert status == 303
        cookie = told["set-cookie"].partition(";")[0]
        page = address.partition("?")[0]
        assert ask(page)[0] == 401
        assert ask(page, Cookie=cookie)[0] == 200

        status, told = ask(f"{up.endpoint}/", Accept="text/html,*/*")
        assert (status, told["location"]) == (303, page), "a browser is led to the console"
        assert address.partition("?")[2] not in str(told)
        kept = tmp_path / "home" / "console"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

        [child] = consoles(up)
        child.kill()
        child.wait(LONGEST_SECONDS)
        assert ask(page, Cookie=cookie)[0] == 200, "it was started again"

        serving = consoles(up)
        up.kill()
        assert psutil.wait_procs(serving, LONGEST_SECONDS)[1] == [], "it ends with codefree up"
        with pytest.raises(OSError, match="refused"):
            ask(page, Cookie=cookie)

        up.start(console=True)
        assert address in up.said
        assert ask(page, Cookie=cookie)[0] == 200
        up.stop()
        assert consoles(up) == []
    finally:
        up.kill()


@pytest.mark.parametrize(
    "text", ["", "http://evil.example/?token=" + "a" * 32, "http://127.0.0.1:99999999/", "\0\udc80"]
)
def test_what_others_wrote_into_the_file_is_no_address(tmp_path: Path, text: str) -> None:
    (tmp_path / "console").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert kept_access(tmp_path) is None
