"""2 GB through the console's upload, beside boto3's own: MB/s, and the console's memory.

Both go to the same local mode, so the disk and S3's side are the same; ``aws s3 cp`` uploads with
the same code as boto3's ``upload_file``. The browser's part is played by three requests at once, as
console/static/upload.js sends them.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.peak_memory import peak_mb_of
from operate.home_key import credentials_in

_MB = 1_000_000
_AT_ONCE = 3
_BUCKET = "codefree"


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    shown = Table(title=f"{megabytes:,} MB uploaded to local mode")
    for column in ("by", "seconds", "MB/s", "peak memory of the console, MB"):
        shown.add_column(column, justify="right" if column != "by" else "left")
    with tempfile.TemporaryDirectory() as folder:
        file = _file(Path(folder) / "large.csv", megabytes)
        with _up(Path(folder) / "home") as (endpoint, address, process):
            key = credentials_in(Path(folder) / "home")
            assert key
            s3: Any = boto3.Session(key.access_key, key.secret_key, region_name="us-east-1").client(
                "s3", endpoint_url=endpoint
            )
            before = peak_mb_of(process)
            browser = _Browser(address)
            begun = time.monotonic()
            browser.upload(file)
            took = time.monotonic() - begun
            peak = f"{peak_mb_of(process):.0f} ({before:.0f} before)"
            shown.add_row("the console", f"{took:.1f}", f"{megabytes / took:.0f}", peak)
            begun = time.monotonic()
            s3.upload_file(str(file), _BUCKET, "drafts/beside.csv")
            took = time.monotonic() - begun
            shown.add_row("boto3's upload_file", f"{took:.1f}", f"{megabytes / took:.0f}", "")
    Console(width=100).print(shown)


def _file(path: Path, megabytes: int) -> Path:
    row = b"12345.678,some text,yes\n"
    block = row * (_MB // len(row))
    with path.open("wb") as file:
        file.write(b"number,text,label\n")
        for _ in range(megabytes):
            file.write(block)
    return path


@contextmanager
def _up(home: Path) -> Iterator[tuple[str, str, int]]:
    """A local mode with its console: the address of each, and the console's process."""
    words = ("up", "--port", "4618", "--console-port", "8418", "--home", str(home))
    with _started(*words) as up:
        found = _found(up, [r"(http://\S+token=\S+)", r"--endpoint-url (http://\S+)"])
        [console] = [
            child.pid
            for child in psutil.Process(up.pid).children(recursive=True)
            if "console" in child.cmdline()
        ]
        yield found[1], found[0], console


@contextmanager
def _started(*words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-u", str(Path(sys.executable).with_name("codefree")), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _found(process: "subprocess.Popen[str]", patterns: list[str]) -> list[str]:
    """What it prints that the patterns match, in any order."""
    assert process.stdout
    found: dict[str, str] = {}
    for line in process.stdout:
        found |= {p: match[1] for p in patterns if (match := re.search(p, line))}
        if len(found) == len(patterns):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return [found[pattern] for pattern in patterns]
    raise RuntimeError("It has not started.")


class _Browser:
    """Sends as the page's script does."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        request = urllib.request.Request(address)
        opener = urllib.request.build_opener(_NoRedirect)
        cookie = str(opener.open(request).headers["Set-Cookie"]).partition(";")[0]
        self._headers = {"Cookie": cookie, "Origin": f"http://{self._host}"}

    def upload(self, file: Path) -> None:
        size = file.stat().st_size
        told = {"files": [{"name": file.name, "size": size, "modified": 1}]}
        begun = self._asked("POST", "/new/announce", json.dumps(told).encode())
        address = f"{begun['address']}/files/{begun['files'][0]}"
        part_bytes = self._asked("GET", address)["part_bytes"]
        numbers: Queue[int] = Queue()
        for number in range(-(-size // part_bytes)):
            numbers.put(number)

        def send() -> None:
            with file.open("rb") as source:
                while True:
                    try:
                        number = numbers.get_nowait()
                    except Empty:
                        return
                    source.seek(number * part_bytes)
                    self._asked("PUT", f"{address}/{number + 1}", source.read(part_bytes))

        senders = [threading.Thread(target=send) for _ in range(_AT_ONCE)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self._asked("POST", f"{address}/complete")

    def _asked(self, method: str, address: str, body: bytes | None = None) -> Any:
        connection = HTTPConnection(self._host)
        connection.request(method, address, body, self._headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == 200, content
        return json.loads(content)


class _NoRedirect(urllib.request.HTTPErrorProcessor):
    def http_response(self, _request: Any, response: Any) -> Any:
        return response


if __name__ == "__main__":
    main()
