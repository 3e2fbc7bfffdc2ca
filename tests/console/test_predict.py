"""New rows from a page: a file goes up as it comes, and its prediction comes back."""

import hashlib
import html
import io
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from console.guard.access import Access
from lambdas.models.registry import list_models, reject_model
from local.aws import LocalAws
from local.stack import Stack
from operate.account import CannotDo
from operate.models.predicting_model import predicting_model
from operate.place import Place
from operate.predictions.rows_upload import RowsUpload, prediction_cost, rows_file
from tests.browsing import assert_pages_open_to_everybody
from tests.console.conftest import ACCESS, Opened
from tests.console.reading import words
from tests.console.serving import served
from tests.local.predictions import Rows, approve, new_rows, trained
from tests.local.stacks import client
from tests.waiting import wait_until

DATASET = "고객 <b>&"
MIB = 1024**2


@pytest.fixture(scope="module")
def rows(aws: LocalAws, stack: Stack) -> Rows:
    """The new rows of a dataset whose model is approved."""
    approve(aws, stack, trained(aws, stack, DATASET))
    return Rows(aws, stack, DATASET)


def sent(pages: TestClient, name: str, body: bytes, dataset: str = DATASET) -> Any:
    """What the console answers to the form without script."""
    form: Any = {"data": {"dataset": dataset}, "files": {"rows": (name, body, "text/csv")}}
    return pages.post("/predict", **form)


def test_a_file_comes_back_with_its_predictions(pages: TestClient, rows: Rows) -> None:
    answer = sent(pages, "C:\\new\\새 행.csv", new_rows().encode())
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    arrived = words(pages.get(address).text)
    assert "새 행.csv has arrived. Its prediction begins in a moment." in arrived or (
        f"{DATASET}/새 행.csv" in arrived
    )
    [done] = rows.predicted("새 행.csv")
    wait_until(lambda: "Done" in pages.get(address).text)
    page = pages.get(address).text
    assert DATASET not in page and html.escape(DATASET) in page
    told = words(page)
    assert "has arrived" not in told and "Free here." in told
    name = done["executionArn"].rpartition(":")[2]
    assert f'href="/runs/{name}/report"' in page
    assert f'href="/runs/{name}/files/%EC%83%88%20%ED%96%89.csv"' in page
    assert rows.results()["새 행.csv"].splitlines()[0] == "size,prediction"

    # The same content once more starts no job, and is not waited for. Of what is sent within three
    # seconds of the start, the first prediction is taken to be: two clocks, and S3's whole seconds.
    time.sleep(max(0, 3 - (datetime.now(UTC) - done["startDate"]).total_seconds()))
    sent(pages, "새 행.csv", new_rows().encode())
    rows.predicted("새 행.csv", executions=2)
    wait_until(lambda: "the content that was predicted before" in words(pages.get(address).text))
    assert len(rows.jobs()) == 1


@pytest.mark.usefixtures("rows")
def test_the_parts_of_the_page_are_live(pages: TestClient) -> None:
    page = pages.get("/predict", params={"dataset": DATASET, "file": "a.csv"}).text
    [address] = re.findall(r'data-live="([^"]+)"', page)
    assert address.startswith("/events/predict?dataset=") and "file=a.csv" in address


@pytest.mark.usefixtures("rows")
def test_what_has_no_usable_name_is_refused_and_nothing_kept(
    pages: TestClient, place: Place
) -> None:
    before = place.bucket.keys("predict/")
    large = b"a" * (9 * MIB)
    for name, dataset, why in (
        ("rows.xlsx", DATASET, "was not used"),
        ("rows_failure.csv", DATASET, "ends in _failure"),
        ("rows.csv", "nobody's", "There is no dataset nobody's"),
        ("rows.csv", "../data", "was not used"),
        ("rows.csv", "", "was not used"),
    ):
        answer = sent(pages, name, large, dataset)
        assert answer.status_code == 502
        assert why in words(answer.text), words(answer.text)
    assert "The file is empty." in words(sent(pages, "empty.csv", b"").text)
    assert "Choose a file first." in words(pages.post("/predict", files={"rows": ("", b"")}).text)
    assert place.bucket.keys("predict/") == before
    listed = place.account.s3.list_multipart_uploads(Bucket=place.bucket.name)
    assert not listed.get("Uploads")


def test_other_pages_can_t_upload(pages: TestClient) -> None:
    headers = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert pages.post("/predict", headers=headers).status_code == 403


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("size", [5, 8 * MIB - 1, 8 * MIB, 20 * MIB + 7])
def test_a_file_has_the_etag_that_aws_s_own_client_gives_it(size: int, place: Place) -> None:
    body = hashlib.shake_128(b"rows").digest(1000) * (size // 1000 + 1)
    body = body[:size]
    s3, bucket = place.account.s3, place.bucket
    s3.upload_fileobj(io.BytesIO(body), bucket.name, "drafts/by-boto3")
    upload = RowsUpload(bucket, rows_file(DATASET, "등 <i>.csv"))
    upload._key = "drafts/by-console"  # where nothing starts
    for at in range(0, size, 300_001):
        upload.write(body[at : at + 300_001])
        held = len(upload._first) + len(upload._parts._part if upload._parts else b"")
        assert held <= 8 * MIB + 300_001
    upload.finish()
    etags = [bucket.head(f"drafts/by-{who}") for who in ("console", "boto3")]
    assert etags[0] and etags[1] and etags[0]["ETag"] == etags[1]["ETag"]


@pytest.mark.usefixtures("rows")
def test_an_upload_that_breaks_off_leaves_nothing(place: Place) -> None:
    upload = RowsUpload(place.bucket, rows_file(DATASET, "broken.csv"))
    upload.write(b"a" * (17 * MIB))
    upload.abort()
    assert place.bucket.head(f"predict/{DATASET}/broken.csv") is None
    assert not place.account.s3.list_multipart_uploads(Bucket=place.bucket.name).get("Uploads")


def test_without_an_approved_model_a_file_waits(
    pages: TestClient, aws: LocalAws, stack: Stack
) -> None:
    trained(aws, stack, "undecided")
    sagemaker, name = client(aws, "sagemaker"), stack.state_machine.rpartition(":")[2]
    for model in list_models(sagemaker, name, "undecided"):
        reject_model(sagemaker, model, "A test says so.")
    page = words(pages.get("/predict", params={"dataset": "undecided"}).text)
    assert "No model of this dataset is approved." in page and "It needs an approved model." in page
    answer = pages.get("/predict/undecided/row")
    assert answer.status_code == 303 and answer.headers["location"] == "/predict?dataset=undecided"


@pytest.mark.usefixtures("rows")
def test_datasets_are_offered_by_name(pages: TestClient) -> None:
    page = pages.get("/predict").text
    if pages.get("/predict").status_code == 303:
        pytest.skip("there is one dataset alone")
    assert html.escape(DATASET) in page and DATASET not in page
    answer = pages.get("/predict", params={"dataset": "unknown"})
    assert answer.status_code == 502 and "There is no dataset unknown" in words(answer.text)


@pytest.mark.usefixtures("rows")
def test_what_it_costs_on_aws_is_said_before(place: Place) -> None:
    cost = prediction_cost(place, None)
    assert cost and cost.most == 1 and cost.usual is None
    with pytest.raises(CannotDo):
        rows_file("a/b", "x.csv")
    cost = prediction_cost(place, predicting_model(place, DATASET))
    assert cost and cost.usual and 0 < cost.usual < cost.most


@pytest.mark.usefixtures("rows")
def test_the_pages_speak_korean(opened: Opened, place: Place) -> None:
    with opened(place, "ko") as pages:
        for address in ("/predict", f"/predict?dataset={DATASET}"):
            page = pages.get(address, follow_redirects=True).text
            assert 'lang="ko"' in page


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[str]:
    """The address of a console for a browser, with the token."""
    with served(place) as running:
        yield running.access.address


@pytest.mark.usefixtures("rows")
def test_a_lost_connection_leaves_nothing(server: str, place: Place) -> None:
    host = server.split("/")[2]
    access = Access(int(host.partition(":")[2]), ACCESS.token)
    form = (
        '--x\r\nContent-Disposition: form-data; name="dataset"\r\n\r\n' + DATASET + "\r\n--x\r\n"
        'Content-Disposition: form-data; name="rows"; filename="lost.csv"\r\n\r\n'
    ).encode()
    headers = (
        f"POST /predict HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        f"Cookie: {access.cookie_name}={access.cookie}\r\nContent-Length: {40 * MIB}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    ).encode()

    def under_way() -> Any:
        return place.account.s3.list_multipart_uploads(Bucket=place.bucket.name).get("Uploads")

    with socket.create_connection(("127.0.0.1", access.port)) as connection:
        connection.sendall(headers + form + b"7,\n" * (4 * MIB))
        wait_until(under_way)
    wait_until(lambda: not under_way())
    assert place.bucket.head(f"predict/{DATASET}/lost.csv") is None


def test_in_a_browser_a_file_is_sent_and_cancelled(
    browser: Browser, server: str, rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "in a browser.csv").write_text(new_rows())
    (tmp_path / "large.csv").write_text(new_rows(9))
    (tmp_path / "rows.xlsx").write_bytes(b"PK")
    context = browser.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(server)
    page.goto(f"{server.partition('?')[0]}predict?{urlencode({'dataset': DATASET})}")

    def send(name: str) -> None:
        page.set_input_files("#rows", tmp_path / name)
        page.locator("#upload button.main-action").click()

    send("rows.xlsx")
    page.get_by_text("was not used").wait_for()
    page.route("**/predict", lambda _: None)  # it never arrives
    send("large.csv")
    page.get_by_role("button", name="Cancel").click()
    page.locator("#said", has_text="cancelled; nothing of it is kept").wait_for()
    assert page.locator("#upload button.main-action").is_enabled()
    page.unroute("**/predict")
    send("in a browser.csv")
    card = page.locator("li.card", has_text="in a browser.csv")
    card.get_by_text("Done", exact=True).wait_for()
    assert "file=in+a+browser.csv" in page.url
    assert not told
    assert rows.predicted("in a browser.csv")
    context.close()


@pytest.mark.usefixtures("rows")
def test_the_page_is_open_to_everybody(browser: Browser, server: str) -> None:
    query = urlencode({"dataset": DATASET})
    assert_pages_open_to_everybody(browser, server, f"/predict?{query}")
