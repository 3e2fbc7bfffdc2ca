"""The models of a dataset as a person sees them, decides about them, and compares their runs."""

import html
import re
import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from console.server import ConsoleServer
from lambdas.models.registry import list_models
from local.aws import LocalAws
from local.stack import Stack
from operate.place import Place
from operate.serving import endpoint
from tests.browsing import assert_open_as_it_stands
from tests.console.conftest import Opened
from tests.console.reading import words
from tests.console.scored_runs import ROWS, Scored, place_of, scored_run
from tests.console.serving import flawless_page, served
from tests.local.served_models import Served
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader
from training.model.outcome import Outcome
from training.scoring.comparison import comparison
from training.scoring.scores import score_functions

# With what makes addresses, markup and the direction of a text.
NAME = "새 <b>set & 1%"


@pytest.fixture(scope="module")
def stack(aws: LocalAws, packed_template: str) -> Stack:
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture(scope="module")
def place(aws: LocalAws, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(aws, stack, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def runs(aws: LocalAws, stack: Stack) -> list[Scored]:
    """Two runs of one dataset, the worse one first, and one of another dataset."""
    uploader = Uploader(aws, stack, NAME)
    worse = scored_run(uploader, 0.7, {"age": 0.2, "size": 0.1})
    better = scored_run(uploader, 0.95, {"size": 0.3, "<i>fare": -0.01}, minutes="0.5")
    return [worse, better, scored_run(Uploader(aws, stack, "other"), 0.8, {})]


@pytest.fixture(scope="module")
def visitor(opened: Opened, place: Place, runs: list[Scored]) -> TestClient:  # noqa: ARG001
    return opened(place)


def address(page: str, title: str) -> str:
    """Where a link of the page leads that begins with ``title``."""
    found = re.search(rf'href="([^"]*)"[^>]*>(?:<bdi>)?{re.escape(html.escape(title))}', page)
    assert found, title
    return html.unescape(found[1])


def forms(page: str, decision: str) -> list[dict[str, str]]:
    """What the forms that ``decision`` is made with send, in the page's order."""
    told = re.findall(r"<form method=\"post\".*?</form>", page, re.DOTALL)
    return [
        dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        for form in told
        if f'value="{decision}"' in form
    ]


def statuses(place: Place) -> dict[int, str]:
    found = list_models(place.account.sagemaker, place.stack, NAME)
    return {model.version: model.status for model in found}


def test_each_dataset_leads_to_its_models_and_they_to_their_runs(
    visitor: TestClient, runs: list[Scored]
) -> None:
    listed = visitor.get("/models").text
    assert "<b>set" not in listed
    accuracy = f"{np.mean(runs[0].right):.4g}"
    assert f"Approved: version 1. accuracy: {accuracy} (95% confidence interval" in words(listed)
    page = visitor.get(address(listed, NAME)).text
    assert "<b>set" not in page
    told = words(page)
    assert told.index("Version 2 not approved") < told.index("Version 1 approved")
    for run in runs[:2]:
        assert f'href="/runs/{run.execution}"' in page
        assert f'name="run" value="{run.execution}" form="compare"' in page
    assert runs[2].execution not in page
    assert "No other model was approved, so this one is now (version 1)." in told
    assert f"codefree serve '{NAME}'" in told


@pytest.mark.parametrize(
    "told", [b'{"score": 1%s}' % (b"0" * 400), b"[" * 100_000], ids=["large", "deep"]
)
def test_metrics_of_any_form_hide_no_other_dataset(
    visitor: TestClient, place: Place, told: bytes
) -> None:
    [key] = [k for k in place.bucket.keys("results/other/") if k.endswith("/metrics.json")]
    kept = place.bucket.read(key) or b""
    place.bucket.write(key, told)
    answer = visitor.get("/models")
    place.bucket.write(key, kept)
    assert answer.status_code == 200 and NAME in words(answer.text)


def test_a_dataset_without_models_says_so(visitor: TestClient) -> None:
    assert "There is no model of nothing. Each run that is done has one." in words(
        visitor.get("/models/nothing").text
    )


def test_a_decision_is_made_once_and_never_about_something_else(
    visitor: TestClient, place: Place
) -> None:
    here = address(visitor.get("/models").text, NAME)
    before = visitor.get(here).text
    [approve] = forms(before, "approve")
    assert (approve["version"], approve["used"]) == ("2", "1")
    assert "Version 2 predicts from now on, in place of version 1." in words(before)
    why = "Better.\n <script>alert(1)</script> \u202e"
    done = visitor.post(f"{here}/decide", data=approve | {"why": why})
    assert done.status_code == 303
    assert statuses(place) == {2: "Approved", 1: "PendingManualApproval"}
    after = visitor.get(done.headers["location"].partition("#")[0]).text
    assert "Version 2 is approved: it predicts from now on." in words(after)
    assert "<script>alert" not in after and "\u202e" not in after
    assert "Better. <script>alert(1)</script>" in words(after)

    [model] = [m for m in list_models(place.account.sagemaker, place.stack, NAME) if m.version == 2]
    assert visitor.post(f"{here}/decide", data=approve).status_code == 303
    [again] = [m for m in list_models(place.account.sagemaker, place.stack, NAME) if m.version == 2]
    assert again == model, "a form that was sent twice"

    # A page that was opened before shows something else than there is now.
    [outdated] = [form for form in forms(before, "reject") if form["version"] == "1"]
    refused = visitor.post(f"{here}/decide", data=outdated)
    assert refused.status_code == 409 and "was approved or rejected meanwhile" in refused.text
    assert statuses(place) == {2: "Approved", 1: "PendingManualApproval"}

    reject = next(form for form in forms(after, "reject") if form["version"] == "2")
    assert "Version 2 predicts no more, and no other takes its place" in words(after)
    for _ in range(2):
        assert visitor.post(f"{here}/decide", data=reject).status_code == 303
    assert statuses(place) == {2: "Rejected", 1: "PendingManualApproval"}
    page = visitor.get(here).text
    assert "No model is approved now: predictions wait until you approve one" in words(page)
    [back] = [form for form in forms(page, "approve") if form["version"] == "1"]
    assert visitor.post(f"{here}/decide", data=back).status_code == 303
    assert statuses(place)[1] == "Approved"


@pytest.mark.parametrize(
    "changed", [{"version": "x"}, {"version": "²"}, {"version": ""}, {"decision": "delete"}]
)
def test_a_form_of_somebody_else_decides_nothing(
    visitor: TestClient, place: Place, changed: dict[str, str]
) -> None:
    here = address(visitor.get("/models").text, NAME)
    before = statuses(place)
    [form] = [f for f in forms(visitor.get(here).text, "approve") if f["version"] == "2"]
    assert visitor.post(f"{here}/decide", data=form | changed).status_code == 400
    assert visitor.post(f"{here}/decide", data=form | {"version": "77"}).status_code == 502
    assert visitor.post(f"{here}/decide", data=form | {"run": "x"}).status_code == 409
    assert statuses(place) == before


def test_two_runs_are_compared_by_all_that_is_known_of_them(
    visitor: TestClient, runs: list[Scored]
) -> None:
    worse, better, _ = runs
    page = visitor.get(f"/compare?run={better.execution}&run={worse.execution}&now=1").text
    told = words(page)
    truth = np.arange(ROWS) % 2
    one, other = (
        Outcome(np.where(run.right, truth, 1 - truth), truth, np.empty((ROWS, 2)), [0, 1])
        for run in (better, worse)
    )
    shares = float(np.mean(better.right)), float(np.mean(worse.right))
    truly = comparison(one, other, "accuracy", score_functions(one)["accuracy"], shares)
    assert truly.verdict == "better"
    assert "A is better than B. On the same 200 test rows, accuracy is " in told
    assert (
        f"In favour of A: {truly.difference:+.4g} (95% confidence interval {truly.low:+.4g} to "
        f"{truly.high:+.4g})." in told
    )
    assert "Comparing with" not in told and "data-live" not in page
    assert re.search(r"minutes 0\.5 \S+ metric optimized", told), "settings that differ"
    assert "Settings that are the same" in told
    assert re.search(r"size 0\.3 0\.1 ", told) and "<i>fare" not in page
    assert "roc_auc – –" in told
    assert page.count("<circle ") == 2 + 1, "both scores, and their difference"
    known = visitor.get(f"/compare?run={better.execution}&run={worse.execution}").text
    assert "A is better than B." in words(known), "what is known is shown at once"


def test_what_can_not_be_compared_is_said(visitor: TestClient, runs: list[Scored]) -> None:
    worse, better, other = (run.execution for run in runs)
    mixed = visitor.get(f"/compare?run={worse}&run={other}").text
    assert "These runs are not compared, because they are of different datasets" in words(mixed)
    assert "<table" not in mixed
    for gone in ("nothing", "a:b", "..", "x" * 100):
        refused = visitor.get("/compare", params={"run": [better, gone]})
        assert refused.status_code == 502 and "There is no run " in words(refused.text)
    assert visitor.get(f"/compare/events?run={worse}").status_code == 404


def test_runs_to_compare_are_chosen(visitor: TestClient, runs: list[Scored]) -> None:
    worse, better, other = (run.execution for run in runs)
    datasets = visitor.get("/compare").text
    choice = visitor.get(address(datasets, NAME)).text
    assert worse in choice and better in choice and other not in choice
    assert "checked" not in choice
    one = visitor.get(f"/compare?run={worse}").text
    assert f'value="{worse}" checked' in one and f'value="{better}">' in one
    same = visitor.get(f"/compare?run={worse}&run={worse}").text
    assert "Choose two or more" in same, "one run twice is one"


@pytest.fixture
def with_endpoint(aws: LocalAws, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A dataset with an endpoint, whose run is so long ago that Step Functions has forgotten it."""
    monkeypatch.setattr(endpoint, "POLL_SECONDS", 0.1)
    made = Served(aws, stack, "served")
    made.finish_run("20260301-120000-aaaaaa")
    assert made.serve().exit_code == 0
    yield made
    made.serve("--stop")


def test_an_endpoint_is_seen_and_taken_down(visitor: TestClient, with_endpoint: Served) -> None:
    page = visitor.get("/models/served").text
    told = words(page)
    assert "State: InService Model: run 20260301-120000-aaaaaa On: serverless" in told
    assert "curl --aws-sigv4" in told and "It does not have the approved model" not in told
    assert "data-live" not in page, "nothing is under way"
    assert "/runs/" not in page, "a run that nobody knows any more"
    with_endpoint.finish_run("20260302-120000-bbbbbb")
    assert "It does not have the approved model." in words(visitor.get("/models/served").text)
    for _ in range(2):
        done = visitor.post("/models/served/endpoint/stop")
        assert done.status_code in {303, 502}
        assert done.status_code == 303 or "is just being started, changed or" in done.text
    while "data-live" in (page := visitor.get("/models/served").text):
        assert "endpoint/stop" not in page
        time.sleep(0.2)
    assert "There is none, and nothing to pay for." in words(page)
    assert visitor.post("/models/served/endpoint/stop").status_code == 303
    assert not any(with_endpoint.made().values())


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[ConsoleServer]:
    with served(place) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: ConsoleServer) -> Iterator[Page]:
    with flawless_page(browser, server) as seen:
        yield seen


@pytest.mark.usefixtures("runs")
def test_from_the_models_to_the_comparison_in_a_browser(page: Page) -> None:
    page.get_by_role("link", name="Models").click()
    page.get_by_role("link", name=NAME).click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    open_all(page)
    assert_open_as_it_stands(page)
    page.get_by_role("button", name="Compare the chosen runs").click()
    page.get_by_label("Metric").select_option("f1")
    page.get_by_role("button", name="Compare", exact=True).click()
    # Nothing but f1 was not yet compared: it comes by itself.
    page.get_by_text("A is better than B.").wait_for()
    assert "f1" in page.locator("#paired").inner_text()
    assert not page.locator("#paired .busy").count()
    open_all(page)
    assert_open_as_it_stands(page)


def test_what_leads_to_a_comparison_is_open_to_everybody(
    page: Page, server: ConsoleServer, runs: list[Scored]
) -> None:
    worse, _, other = (run.execution for run in runs)
    base = server.access.address.partition("/?")[0]
    for path in (f"/compare?run={worse}", f"/compare?run={worse}&run={other}", "/models"):
        page.goto(base + path)
        assert_open_as_it_stands(page)


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
