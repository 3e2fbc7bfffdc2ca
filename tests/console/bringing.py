"""Drafts as a browser without script makes them."""

import re
from typing import Any

from starlette.testclient import TestClient

from lambdas.bucket.bucket import Bucket
from tests.waiting import wait_until


def table(rows: int, first: int = 0, target: str = "label") -> bytes:
    lines = [f"{n},{n % 7},{'yes' if n % 3 else 'no'}" for n in range(first, first + rows)]
    return "\n".join([f"number,rest,{target}", *lines, ""]).encode()


def brought(pages: TestClient, files: dict[str, bytes], dataset: str = "") -> str:
    """The address of a draft with these files, sent as a form without script."""
    answer = pages.post(
        "/new",
        params={"dataset": dataset} if dataset else {},
        files=[("files", (name, content, "text/csv")) for name, content in files.items()],
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def checked(pages: TestClient, address: str) -> str:
    """The draft's page once its check has ended."""
    wait_until(lambda: "The check is running" not in pages.get(address).text)
    return pages.get(address).text


def seen_in(text: str) -> str:
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', text)
    return str(seen)


def versions(bucket: Bucket, prefix: str) -> list[str]:
    listed: Any = bucket.s3.list_object_versions(Bucket=bucket.name, Prefix=prefix)
    return [v["Key"] for kind in ("Versions", "DeleteMarkers") for v in listed.get(kind, [])]
