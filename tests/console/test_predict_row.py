"""One row as a form, with a model whose answers are known; real ones: test_row_answer.py."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

import console.app
from lambdas.bucket.layout import check_key, digest_key
from lambdas.models.registry import NewModel, approve_model, register_model
from local.aws import LocalAws
from local.stack import Stack
from operate.account import Account, CannotDo
from operate.models.predicting_model import PredictingModel
from operate.models.row_model import Answers, Instead, OneRow
from operate.place import Place
from tests.browsing import assert_open_as_it_stands
from tests.console.conftest import ACCESS, Opened
from tests.console.reading import words
from tests.console.serving import served
from tests.lambdas.check.reading import checked
from tests.local.predictions import IMAGE
from tests.local.stacks import client
from tests.local.uploads import put_past_policy

DATASET, RUN = "row <i>s", "20261127-000000-abc123"
NAME = "이름 <b>\u202e"
ADDRESS = "/predict/row%20%3Ci%3Es/row"


@dataclass
class KnownModel:
    """Says “yes” with 0.9 below 30, else with 0.25; who is not from 서울 gets 0.0625 less."""

    model: PredictingModel
    phase: str = "ready"
    why: str = ""
    asked: int = 0
    is_number: bool = False

    def used(self) -> frozenset[str]:
        return frozenset({"age", "port"})

    def ask(self, rows: Sequence[OneRow], instead: Sequence[Instead]) -> Answers:
        self.asked += 1
        if self.why:
            raise CannotDo(self.why)
        read = [next(csv.DictReader(io.StringIO(row.text, newline=""))) for row in rows]
        changed = [read[0] | {one.column: one.value} for one in instead]
        if self.is_number:
            numbers = [[[_answer(row)[2]] for row in part] for part in (read, changed)]
            return Answers(["prediction"], *numbers)
        names = ["prediction", "probability of no", "probability of yes"]
        return Answers(names, *([list(map(_answer, part)) for part in (read, changed)]))


def _answer(row: dict[str, Any]) -> list[str | None]:
    share = (0.9 if float(row["age"] or 0) < 30 else 0.25) - (row["port"] != "서울") * 0.0625
    return ["yes" if share > 0.5 else "no", str(1 - share), str(share)]


@dataclass
class KnownModels:
    made: dict[str, KnownModel] = field(default_factory=dict)

    def of(self, model: PredictingModel) -> KnownModel:
        return self.made.setdefault(model.archive.sha256, KnownModel(model))

    def known(self, sha256: str) -> KnownModel | None:
        return self.made.get(sha256)

    def close(self) -> None:
        pass


def table() -> bytes:
    lines = ["port,age,same," + f'"{NAME}",label']
    for row in range(80):
        port = ("서울", "서울", "부산", "인천 <script>")[row % 4]
        lines.append(f"{port},{row},x,{row % 5}.5,{'yes' if row < 30 else 'no'}")
    return "\n".join([*lines, ""]).encode()


@pytest.fixture(scope="module")
def place(aws: LocalAws, stack: Stack) -> Place:
    """A stack with a model that is approved, as far as its form needs it."""
    name = stack.state_machine.rpartition(":")[2]
    approved(aws, stack, RUN)
    return Place(Account(endpoint=aws.endpoint, key=aws.credentials), name, Path("nowhere"))


def approved(aws: LocalAws, stack: Stack, run: str) -> None:
    sagemaker, name = client(aws, "sagemaker"), stack.state_machine.rpartition(":")[2]
    new = NewModel(
        stack=name,
        dataset=DATASET,
        run=run,
        job=f"codefree-{run}-train-0-0-0",
        bucket=stack.bucket,
        image=IMAGE,
        metrics_sha256="0" * 64,
        report=None,
        facts={},
    )
    model = register_model(sagemaker, new)
    digest = json.dumps({"Key": model.key, "Sha256": "a" * 64})
    found = json.dumps(checked(table(), table(), "label").as_json())
    kept = {
        digest_key(run, model.job): digest,
        check_key(DATASET, run): found,
        model.key: "nobody loads it here",
    }
    for key, body in kept.items():
        put_past_policy(aws.s3, stack.bucket, key, body)
    approve_model(sagemaker, name, model, "A test says so.")


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> KnownModels:
    made = KnownModels()
    monkeypatch.setattr(console.app, "RowModels", lambda: made)
    return made


@pytest.fixture
def pages(opened: Opened, place: Place) -> Iterator[TestClient]:
    """A console of each test's own, for it has the models of the test."""
    with opened(place) as client:
        yield client


def fields(page: str) -> dict[str, str]:
    """What the form would send."""
    form = page[page.index('id="row"') : page.index("</form>", page.index('id="row"'))]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        [sent[name]] = re.findall(r'value="([^"]*)" selected', options)
    return {name: html.unescape(value) for name, value in sent.items()}


def test_the_form_has_the_columns_of_the_training(pages: TestClient) -> None:
    page = pages.get(ADDRESS).text
    assert fields(page) == {
        "run": RUN,
        "value.0": "서울",
        "value.1": "39",
        "value.2": "x",
        "value.3": "2.5",
    }
    told = words(page)
    assert "0 to 79 in the training" in told and "The model is loaded." in told
    assert "<script>인천" not in page and "인천 &lt;script&gt;" in page
    assert "<b>" not in page and "\u202e" not in page and "이름 <b>" in told
    assert re.findall(r'data-live="([^"]+)"', page) == [f"/events/row-model/{'a' * 64}"]


def test_a_row_is_answered_with_what_it_depends_on(pages: TestClient) -> None:
    sent = fields(pages.get(ADDRESS).text) | {"value.0": "부산", "value.1": "12"}
    page = pages.post(ADDRESS, data=sent).text
    told = words(page)
    assert "label yes class probability no 0.16249999999999998 yes 0.8375" in told
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index('class="reasons"') :], re.DOTALL)[1:]
    assert list(map(words, rows)) == [
        "age 12 39 18.8 % no +65.0 points",
        "port 부산 서울 90.0 % -6.2 points",
    ]
    assert "The model does not use: same , 이름 <b>" in told
    assert "Before:" not in told
    assert fields(page).items() >= sent.items()


def test_a_changed_row_stands_beside_the_former_one(pages: TestClient) -> None:
    sent = fields(pages.get(ADDRESS).text)
    first = fields(pages.post(ADDRESS, data=sent).text)
    page = pages.post(ADDRESS, data=first | {"value.1": "12"}).text
    assert (
        "Before: “no”. The probability of “yes” was 25.0% and is 90.0%. Changed: age (39 → 12)"
    ) in words(page)
    # It stays the one that is compared with, until another is chosen.
    again = pages.post(ADDRESS, data=fields(page) | {"value.1": "13"})
    assert "Changed: age (39 → 13)" in words(again.text)
    kept = pages.post(ADDRESS, data=fields(again.text) | {"keep": "yes"}).text
    assert "Before:" not in words(kept)
    assert fields(kept)["before.1"] == "13"


def test_a_number_is_told_as_one(pages: TestClient, models: KnownModels) -> None:
    sent = fields(pages.get(ADDRESS).text)
    next(iter(models.made.values())).is_number = True
    first = pages.post(ADDRESS, data=sent).text
    assert "Every value is the typical one" in words(first)
    page = pages.post(ADDRESS, data=fields(first) | {"value.1": "12"}).text
    told = words(page)
    assert "label 0.9 Before: 0.25; now: 0.9 (+0.65). Changed: age (39 → 12)" in told
    assert "age 12 39 0.25 +0.65" in told and "probability" not in told


def test_what_can_t_be_predicted_says_why(pages: TestClient, models: KnownModels) -> None:
    sent = fields(pages.get(ADDRESS).text)
    page = words(pages.post(ADDRESS, data=sent | {"value.1": "old"}).text)
    assert "This row can't be predicted" in page
    assert "age : This is not a number as in the training." in page
    empty = {name: "" for name in sent if name.startswith("value")} | {"run": RUN}
    assert "Fill in at least one value." in words(pages.post(ADDRESS, data=empty).text)
    page = words(pages.post(ADDRESS, data=sent | {"value.0": "Atlantis"}).text)
    assert "port : This value never occurred in the training" in page
    [model] = models.made.values()
    asked = model.asked
    model.why, model.phase = "The memory is <full>.", "ended"
    answer = pages.post(ADDRESS, data=sent)
    assert model.asked == asked + 1 and "The memory is <full>." in words(answer.text)
    assert "<full>" not in answer.text


def test_hostile_input_stays_text(pages: TestClient) -> None:
    sent = fields(pages.get(ADDRESS).text)
    wild = "\"><script>alert(1)</script>{{ 7919*7919 }}\u202e,\r\n'; --"
    page = pages.post(ADDRESS, data=sent | {"value.0": wild, "before.0": wild}).text
    assert "<script>alert" not in page and "7919*7919" in page and "62710561" not in page
    wrong = pages.post(ADDRESS, data={"value.99": "x", "before.x": "y", "run": RUN, "more": "z"})
    assert "Fill in at least one value." in words(wrong.text)
    assert pages.get("/predict/none/row").status_code == 502
    assert pages.post(ADDRESS, data=sent, headers={"Origin": "http://evil"}).status_code == 403


def test_the_form_of_another_model_is_not_taken_for_this_one_s(
    pages: TestClient, models: KnownModels
) -> None:
    sent = fields(pages.get(ADDRESS).text) | {"run": "20250101-000000-old", "value.1": "3"}
    page = pages.post(ADDRESS, data=sent).text
    assert "Another model was approved meanwhile." in words(page)
    assert fields(page)["value.1"] == "39" and not next(iter(models.made.values())).asked


@pytest.fixture
def server(place: Place) -> Iterator[str]:
    with served(place) as running:
        yield running.access.page.rstrip("/")


def test_in_a_browser_the_answer_comes_by_itself(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/?token={ACCESS.token}")
    page.goto(f"{server}{ADDRESS}")
    page.locator("#row button.main-action").click()
    page.wait_for_selector("#answer[data-answered]")
    assert page.locator(".answer strong").inner_text() == "no"
    age = page.get_by_label("age", exact=True)
    age.fill("12")
    page.wait_for_selector("#answer .note")
    assert "Changed: age (39 → 12)" in " ".join(page.locator("#answer").inner_text().split())
    assert page.evaluate("document.activeElement.id") == age.get_attribute("id")
    page.get_by_role("button", name="Compare with this row from now on").click()
    page.locator("#answer .note").wait_for(state="detached")
    page.get_by_label("port", exact=True).select_option("부산")
    page.wait_for_selector("#answer .note")
    assert "was 90.0% and is 83.8%" in page.locator("#answer").inner_text()
    assert page.url == f"{server}{ADDRESS}"
    assert page.locator("#told").inner_text().startswith("label yes")
    assert not told and all(address.startswith(server) for address in asked)
    context.close()


def test_an_answered_row_is_open_to_everybody(browser: Browser, server: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{server}/?token={ACCESS.token}")
    page.goto(f"{server}{ADDRESS}")
    page.get_by_label("age", exact=True).fill("12")
    page.get_by_label("port", exact=True).select_option("부산")
    page.locator("#row button.main-action").click()
    page.wait_for_selector("#answer[data-answered]")
    assert_open_as_it_stands(page)
    context.close()
