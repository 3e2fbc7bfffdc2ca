"""The console's first page and that of the stack, with a stack that really runs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from lambdas.predictions import lost_rows
from lambdas.uploads import lost_pairs
from local.aws import LocalAws
from local.stack import Stack
from operate.account import Account
from operate.place import Place
from tests.browsing import assert_pages_open_to_everybody
from tests.console.conftest import Opened, opened
from tests.console.serving import served
from tests.local.stacks import client, resources, stack_with_stand_in
from tests.local.uploads import Uploader, table

__all__ = ["opened"]
TRAIN, TEST = table(12), table(6)


@pytest.fixture(scope="module")
def own_stack(aws: LocalAws, packed_template: str) -> Stack:
    """Its first page is looked at: no other file's runs stand there."""
    return stack_with_stand_in(aws, packed_template, DailyCostLimit="50", MonthlyCostLimit="500")


@pytest.fixture(scope="module")
def place(aws: LocalAws, own_stack: Stack) -> Place:
    key = aws.credentials
    account = Account(endpoint=aws.endpoint, region="us-east-1", key=key)
    return Place(account, own_stack.state_machine.rpartition(":")[2], Path("nowhere"))


@pytest.fixture(scope="module", autouse=True)
def _seen_at_once() -> Iterator[None]:
    """What tests do behind the console's back is to be seen on the next look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("operate.stack.stack_now._FRESH_SECONDS", 0)
        yield


@pytest.fixture(scope="module")
def browser_of(opened: Opened, place: Place) -> TestClient:
    return opened(place)


@pytest.fixture
def address(place: Place) -> Iterator[str]:
    """The console as a person opens it."""
    with served(place) as running:
        yield running.access.address


def test_a_run_is_watched_stopped_and_rerun(
    aws: LocalAws, own_stack: Stack, browser_of: TestClient, tmp_path: Path
) -> None:
    ours = Uploader(aws, own_stack, "watched")
    go_on = tmp_path / "go on"
    ours.upload("test", TEST)
    ours.executions()
    assert "Waiting for watched_train.csv" in browser_of.get("/").text
    ours.upload("train", table(12, behaviour=f"until {go_on}"))

    def page() -> str:
        return browser_of.get("/?name=watched").text

    ours.wait(lambda: "best so far: accuracy 0.75 on validation rows" in page())
    assert "Waiting for" not in page()
    [name] = [e["name"] for e in ours.described() if e["status"] == "RUNNING"]
    first = {"redrives": "0"}
    assert f'action="/runs/{name}/stop"' in page()
    for _ in range(2):
        assert browser_of.post(f"/runs/{name}/stop", data=first).status_code == 303
    ours.wait(lambda: "It was stopped." in page())
    assert f'action="/runs/{name}/rerun"' in page() and "Rerun from Train" in page()
    go_on.touch()
    for _ in range(2):
        assert browser_of.post(f"/runs/{name}/rerun", data=first).status_code == 303
    ours.wait(lambda: "Of 4 test rows, 3 were predicted correctly." in page())
    assert "rerun 1 time" in page() and "Free here. On AWS: about" in page()
    assert len(ours.training_jobs()) == 2
    assert page().count('<li class="card run') == 1


def test_the_first_page_lives_without_being_loaded_again(
    aws: LocalAws, own_stack: Stack, browser: Browser, address: str, tmp_path: Path
) -> None:
    ours = Uploader(aws, own_stack, "alive <b>")
    go_on = tmp_path / "go on"
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.goto(address)
    page.get_by_role("heading", name="Runs", exact=True).wait_for()
    ours.upload_pair(table(12, behaviour=f"until {go_on}"), TEST)
    card = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="alive <b>"))
    card.get_by_text("best so far: accuracy 0.75").wait_for()
    card.get_by_text("Stop", exact=True).click()
    really = card.get_by_role("button", name="Stop the run")
    page.wait_for_timeout(2500)
    assert really.is_visible(), "what was opened stays open while the card is renewed"
    go_on.touch()
    card.get_by_text("Of 4 test rows, 3 were predicted correctly.").wait_for()
    card.get_by_label("Compare").check()
    again = Uploader(aws, own_stack, "alive too")
    again.upload("train", TRAIN)
    page.get_by_text("Waiting for alive too_test.csv").wait_for()
    assert card.get_by_label("Compare").is_checked(), "and what was chosen stays chosen"
    page.get_by_role("button", name="Compare the chosen runs").click()
    assert "/compare?run=" in page.url
    assert [text for text in said if "404" not in text] == []
    page.close()


@pytest.fixture
def troubled(aws: LocalAws, own_stack: Stack) -> None:
    """Uploads of which no execution has heard."""
    made = resources(aws, own_stack)
    events = client(aws, "events")
    for rule in ("UploadRule", "RowsUploadRule"):
        events.disable_rule(Name=made[rule])
    lost = Uploader(aws, own_stack, "lost & gone")
    lost.upload_pair(TRAIN, TEST)
    lost.put("predict/lost & gone/new.csv", TEST)
    lost.put("data/titanic-train (1).csv", TRAIN)
    for rule in ("UploadRule", "RowsUploadRule"):
        events.enable_rule(Name=made[rule])


@pytest.mark.usefixtures("troubled")
def test_what_was_lost_is_shown_and_started_once(
    aws: LocalAws,
    own_stack: Stack,
    browser_of: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (lost_pairs, lost_rows):
        monkeypatch.setattr(module, "GRACE", timedelta(seconds=-2))
    page = browser_of.get("/stack").text
    assert "<bdi>lost &amp; gone</bdi>: Complete since" in page
    assert "<bdi>lost &amp; gone/new.csv</bdi>: Uploaded at" in page
    assert "titanic-train (1).csv: its name does not end in" in page
    for _ in range(2):
        answer = browser_of.post("/stack/fix")
        assert (answer.status_code, answer.headers["location"]) == (303, "/stack")
    lost = Uploader(aws, own_stack, "lost & gone")
    assert lost.ends() == ["Publish"]
    assert "Complete since" not in browser_of.get("/stack").text
    assert len(lost.training_jobs()) == 1


def test_events_that_were_not_delivered_are_started_or_removed(
    aws: LocalAws, own_stack: Stack, browser_of: TestClient
) -> None:
    sqs, queue = client(aws, "sqs"), resources(aws, own_stack)["DeadLetters"]
    ours = Uploader(aws, own_stack, "undelivered")
    upload = {
        "detail-type": "Object Created",
        "detail": {"object": {"key": "data/undelivered_train.csv"}},
    }
    failure = {"detail-type": "Step Functions Execution Status Change", "detail": {}}
    why = {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}}
    for event in (upload, failure):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event), MessageAttributes=why)
    page = browser_of.get("/stack").text
    assert "data/undelivered_train.csv" in page and "NO_PERMISSIONS" in page
    assert page.count('action="/stack/letters/remove"') == 1
    for _ in range(2):
        assert browser_of.post("/stack/letters/fix").status_code == 303
    assert len(ours.executions()) == 1
    page = browser_of.get("/stack").text
    assert "undelivered_train.csv</bdi>" not in page
    [letter] = [w.split('"')[0] for w in page.split('name="letter" value="')[1:]]
    for _ in range(2):
        assert browser_of.post("/stack/letters/remove", data={"letter": letter}).status_code == 303
    assert "Step Functions Execution Status Change" not in browser_of.get("/stack").text


def test_a_waiting_run_is_removed_from_the_line(
    aws: LocalAws, own_stack: Stack, browser_of: TestClient
) -> None:
    ours = Uploader(aws, own_stack, "in line")
    upload: dict[str, Any] = {"key": "data/x.csv", "etag": "e", "version": "v", "size": 9}
    waiting = {
        "pair": {"name": "in <line>", "train": upload, "test": upload},
        "forced_by": None,
        "run": "20261101-090000-abcdef",
        "since": "20261101-090000000-abcdef",
        "turn": 0,
        # More than the stack's limits: where a run has just ended, Sweep still leaves it in line.
        "usd": 1000.0,
        "why": "Today's limit is full.",
    }
    key = "waiting/20261101-090000000-abcdef.json"
    ours.put_past_policy(key, json.dumps(waiting))
    page = browser_of.get("/stack").text
    assert "<bdi>in &lt;line&gt;</bdi>" in page and "limit is full." in page
    browser_of.post("/stack/line/leave", data={"place": "../results/other"})
    assert ours.keys(key) == [key]
    for _ in range(2):
        answer = browser_of.post("/stack/line/leave", data={"place": waiting["since"]})
        assert answer.status_code == 303
    assert ours.keys(key) == []
    assert "No run waits for room" in browser_of.get("/stack").text


def test_the_stack_tells_its_limits_its_storage_and_how_to_get_there(
    aws: LocalAws, own_stack: Stack, browser_of: TestClient
) -> None:
    page = browser_of.get("/stack?measured=1").text
    assert "of 50.00 USD" in page and "of 500.00 USD" in page
    assert "Runs under way: " in page and " of 1,000" in page
    assert "The bucket holds" in page and "<bdi>source/</bdi>" in page
    assert "There is no endpoint, so none costs money." in page
    assert f"export AWS_ACCESS_KEY_ID={aws.credentials.access_key}" in page
    assert f"export AWS_ENDPOINT_URL={aws.endpoint}" in page
    assert f"s3://{own_stack.bucket}/data/" in page


def test_both_pages_are_open_to_everybody(browser: Browser, address: str) -> None:
    assert_pages_open_to_everybody(browser, address, "/", "/?page=9", "/stack")


def test_who_may_not_see_a_part_of_the_stack_sees_the_rest(
    browser_of: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Any")

    for name in ("read_ledger", "list_places", "list_endpoints", "read_dead_letters"):
        monkeypatch.setattr(f"operate.stack.stack_now.{name}", denied)
    monkeypatch.setattr("operate.stack.stack_now.find_lost_pairs", denied)
    page = browser_of.get("/stack").text
    for words in ("reading what was spent", "listing the waiting runs", "listing the endpoints"):
        assert f"These credentials do not allow {words}." in page
    assert "Can&#39;t tell which uploads have no run" in page
    assert "Can&#39;t tell which events were not delivered" in page
    assert "Nothing: every upload has its run" not in page
    assert "For AWS clients" in page
