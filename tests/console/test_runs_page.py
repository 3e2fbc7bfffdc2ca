"""The first page tells how each run stands, in words, and what is done next is done once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from operate.runs.seen_runs import RUNS_A_PAGE
from tests.console.conftest import Opened
from tests.console.executions import (
    INSTANCE,
    PREDICTIONS,
    Execution,
    FakeLogs,
    FakeStates,
    place_with,
    trained,
    uploaded,
)
from tests.console.reading import words


@pytest.fixture
def states() -> FakeStates:
    return FakeStates()


@pytest.fixture
def browser(opened: Opened, states: FakeStates) -> TestClient:
    return opened(place_with(states))


def failed(states: FakeStates, dataset: str = "set", error: str = "JobFailed") -> Execution:
    run = states.start({"dataset": dataset})
    run.enter("CheckPair")
    run.enter("RecoverTraining", {"Run": {"Dataset": dataset}, "Instance": INSTANCE})
    run.end("FAILED", error=error, cause='{"errorMessage": "The job was killed."}')
    return run


def test_without_runs_there_is_where_to_begin(browser: TestClient) -> None:
    page = browser.get("/").text
    assert "Train your first model" in page
    assert 'action="/new"' in page and 'action="/new/sample"' in page
    assert "There are no runs yet." in page


@pytest.mark.parametrize(
    ("state", "given", "told", "mark"),
    [
        ("", None, "Starting", "running"),
        ("CheckPair", None, "Checking the files", "running"),
        ("ReserveBudget", INSTANCE, "Choosing the instance type", "running"),
        ("Train", INSTANCE, "Training", "running"),
        ("SealModel", INSTANCE, "Storing the model", "running"),
        ("Evaluate", INSTANCE, "Evaluating on the test rows", "running"),
        ("EvaluationFinished", INSTANCE, "Evaluating on the test rows", "running"),
        ("Publish", INSTANCE, "Writing the summary", "running"),
        ("RecoverTraining", INSTANCE, "A job has failed: looking for another way", "running"),
        ("WaitForTraining", INSTANCE, "Trying again in a moment", "running"),
        (
            "WaitForTraining",
            INSTANCE | {"TrainWaits": 1},
            "Waiting: other jobs use the account's quota for ml.m5.large",
            "waiting",
        ),
        ("WaitForBudget", INSTANCE, "Waiting for room within the stack's limits", "waiting"),
    ],
)
def test_a_running_run_says_what_it_does(
    browser: TestClient, states: FakeStates, state: str, given: Any, told: str, mark: str
) -> None:
    run = states.start({"dataset": "set"})
    if state:
        run.enter(state, {"Run": {"Dataset": "set"}} | ({"Instance": given} if given else {}))
    page = browser.get("/").text
    assert told in words(page)
    assert f'<li class="card run {mark}"' in page
    assert 'action="/runs/run-0/stop"' in page and "rerun" not in page


def test_a_training_says_how_much_of_its_time_it_has_used(
    opened: Opened, states: FakeStates
) -> None:
    logs, run = FakeLogs(), states.start({"dataset": "set"})
    run.enter("Train", {"Run": {"Dataset": "set"}, "Instance": INSTANCE})
    run.ask_for_job("job")
    begun = datetime.now(UTC) - timedelta(seconds=23)
    logs.lines["job"] = [(begun, "Time budget: 60.0 s"), (begun, "0.97 = Validation score   (f1)")]
    page = opened(place_with(states, logs)).get("/").text
    told = r"Training: 2\d of 60 s, best so far: f1 0.97 on validation rows"
    assert re.search(told, words(page))
    assert '<progress max="1" value="0.' in page
    assert "Cost: about 0.48 USD, at most 0.66" in page


def test_a_run_that_is_done_shows_its_score_cost_and_results(
    browser: TestClient, states: FakeStates
) -> None:
    states.start({"dataset": "set"}).end("SUCCEEDED", output=trained("set"))
    page = browser.get("/").text
    told = words(page)
    assert "Of 53 rows, 50 were found." in told
    assert "f1: 0.95 (95% confidence interval 0.9 to 0.98) better than a linear model (0.9)" in told
    assert "Cost: 0.31 USD" in told and "No other model was approved." in told
    for address in (
        "/runs/run-0",
        "/runs/run-0/report",
        "/runs/run-0/files/set_test_prediction.csv",
        "/predict?dataset=set",
    ):
        assert f'href="{address}"' in page
    assert re.search(r'name="run" value="run-0" form="compare"', page)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("score", 10**400, id="a large score"),
        ("interval", "high"),
        ("interval", {"low": "x", "high": [], "confidence": {}}),
        ("interval", {"low": float("nan"), "high": float("inf"), "confidence": 10**400}),
        ("baselines", "all"),
        ("comparisons", [1]),
        ("comparisons", {"a linear model": {}, "a small tree": "better"}),
        ("comparisons", {"a linear model": {"difference": 1, "verdict": []}}),
    ],
)
def test_metrics_of_any_form_hide_no_other_run(
    browser: TestClient, states: FakeStates, name: str, told: Any
) -> None:
    output = trained("mine")
    output["Metrics"][name] = told
    states.start(uploaded("data/mine_train.csv")).end("SUCCEEDED", output=output)
    states.start(uploaded("data/other_train.csv")).end("SUCCEEDED", output=trained("other"))
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "mine" in words(answer.text) and "Cost: 0.31 USD" in words(answer.text)


@pytest.mark.parametrize(
    ("state", "given"),
    [
        ("WaitForTraining", {"Instance": None}),
        ("WaitForTraining", {"Instance": {"UsualUSD": "x", "TrainWaits": 1}}),
        ("Publish", {"Cost": {"MostUSD": 10**400}, "Dataset": "\ud800"}),
    ],
)
def test_an_execution_of_any_form_hides_no_other_run(
    browser: TestClient, states: FakeStates, state: str, given: Any
) -> None:
    states.start(uploaded("data/mine_train.csv")).enter(state, given)
    states.start(uploaded("data/other_train.csv")).end("SUCCEEDED", output=trained("other"))
    assert "other" in words(browser.get("/").text)


def test_local_mode_costs_nothing(opened: Opened, states: FakeStates) -> None:
    states.start({"dataset": "set"}).end("SUCCEEDED", output=trained("set"))
    place = place_with(states, endpoint="http://127.0.0.1:1")
    assert "Free here. On AWS: about 0.48 USD, at most 0.66" in opened(place).get("/").text


def test_files_that_were_rejected_are_to_be_repaired(
    browser: TestClient, states: FakeStates
) -> None:
    run = states.start(uploaded("data/my set_train.csv"))
    run.enter("CheckPair")
    run.end("FAILED", error="PairRejected", cause='{"errorMessage": "no column “label”"}')
    page = browser.get("/").text
    assert "no column “label”" in page
    assert 'href="/new?dataset=my%20set"' in page
    assert "/rerun" not in page, "the same files would be rejected again"


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("WaitingForPartner", "Waiting for set_test.csv"),
        ("WaitingForBudget", "Waiting for room within the stack's limits"),
    ],
)
def test_what_waits_says_for_what(
    browser: TestClient, states: FakeStates, outcome: str, told: str
) -> None:
    states.start(uploaded("data/set_train.csv")).end("SUCCEEDED", output={"Outcome": outcome})
    assert told in words(browser.get("/").text)


def test_rows_without_a_model_wait_for_one(browser: TestClient, states: FakeStates) -> None:
    run = states.start(uploaded("predict/set/new.csv"), PREDICTIONS)
    run.end("SUCCEEDED", output={"Outcome": "WaitingForModel"})
    page = browser.get("/").text
    assert "Waiting for an approved model" in page and "set/new.csv" in page
    assert 'href="/new?dataset=set"' in page


def test_a_prediction_leads_to_its_page_and_file(browser: TestClient, states: FakeStates) -> None:
    run = states.start(uploaded("predict/set/a b.csv.gz"), PREDICTIONS)
    run.end("SUCCEEDED", output={"Dataset": "set", "File": "a b", "Page": "s3://x", "Told": {}})
    page = browser.get("/").text
    assert 'href="/runs/run-0/files/a%20b.csv"' in page
    assert 'form="compare" id=' not in page


def test_names_are_shown_and_never_acted_on(browser: TestClient, states: FakeStates) -> None:
    name = "<script>alert(1)</script>\u202e\x1b[31m\"'&"
    states.start({"dataset": name}).end("SUCCEEDED", output=trained(name))
    failed(states, name)
    page = browser.get("/", params={"name": "<script>"}).text
    assert "<script>alert" not in page
    assert "\u202e" not in page and "\x1b" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e\\x1b[31m" in page
    hrefs = re.findall(r'href="([^"]*)"', page)
    assert not any("<" in href or " " in href for href in hrefs)


def test_more_runs_are_on_more_pages(browser: TestClient, states: FakeStates) -> None:
    for at in range(RUNS_A_PAGE + 2):
        states.start({"dataset": f"set {at}"}).end("SUCCEEDED", output=trained(f"set {at}"))
    first = browser.get("/").text
    assert first.count('<li class="card run') == RUNS_A_PAGE
    assert 'href="/?page=2"' in first and "Newer runs" not in first
    second = browser.get("/?page=2").text
    assert second.count('<li class="card run') == 2
    assert 'rel="prev" href="/"' in second and "Older runs<" not in second
    for odd in ("0", "-1", "x", "²", "99999999999999999999"):
        assert browser.get("/", params={"page": odd}).status_code == 200


def test_a_search_stays_on_its_pages(browser: TestClient, states: FakeStates) -> None:
    for at in range(RUNS_A_PAGE + 1):
        states.start({"dataset": f"a&b {at}"}).end("SUCCEEDED", output=trained(f"a&b {at}"))
    states.start({"dataset": "titanic"}).end("SUCCEEDED", output=trained("titanic"))
    page = browser.get("/", params={"name": "A&B"}).text
    assert "titanic" not in words(page)
    assert 'href="/?page=2&amp;name=A%26B"' in page
    assert 'data-live="/events/runs?name=A%26B"' in page
    assert "No run of a dataset with this name." in browser.get("/?name=nothing").text
    assert browser.get("/", params={"page": "9" * 5000}).status_code == 200


def test_a_double_click_reruns_once(browser: TestClient, states: FakeStates) -> None:
    run = failed(states)
    page = browser.get("/").text
    assert "Rerun from Train" in page
    assert "Cost: at most 0.66 USD. A rerun may add up to 0.66" in page
    form = {"redrives": "0", "back": "/?page=1"}
    for _ in range(2):
        answer = browser.post("/runs/run-0/rerun", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/?page=1")
    assert states.asked["redrive"] == 1
    run.end("FAILED", cause="again")  # so quickly that the second click comes after it
    assert "Cost: at most 1.32 USD. A rerun may add up to 0.66" in browser.get("/").text
    browser.post("/runs/run-0/rerun", data=form)
    assert states.asked["redrive"] == 1
    browser.post("/runs/run-0/rerun", data=form | {"redrives": "1"})
    assert states.asked["redrive"] == 2


def test_a_double_click_stops_once(browser: TestClient, states: FakeStates) -> None:
    run = states.start({"dataset": "set"})
    run.enter("Train", {"Run": {"Dataset": "set"}, "Instance": INSTANCE})
    for _ in range(2):
        assert browser.post("/runs/run-0/stop", data={"redrives": "0"}).status_code == 303
    assert states.asked["stop"] == 1
    page = words(browser.get("/").text)
    assert "Stopped in the console." in page and "Rerun from Train" in page
    browser.post("/runs/run-0/rerun", data={"redrives": "0"})
    browser.post("/runs/run-0/stop", data={"redrives": "0"})  # the first click, which came late
    assert states.asked["stop"] == 1


def test_what_can_t_be_rerun_says_so(browser: TestClient, states: FakeStates) -> None:
    failed(states, error="UploadMisnamed")
    answer = browser.post("/runs/run-0/rerun", data={"redrives": "0"})
    assert answer.status_code == 502
    assert "Nothing to rerun: set is FAILED." in answer.text
    assert states.asked["redrive"] == 0


@pytest.mark.parametrize("back", ["//elsewhere.example", "\\\\elsewhere.example", "/\\elsewhere"])
def test_a_form_leads_nowhere_else(browser: TestClient, states: FakeStates, back: str) -> None:
    failed(states)
    answer = browser.post("/runs/run-0/rerun", data={"redrives": "0", "back": back})
    assert re.fullmatch(r"/[^/\\].*", answer.headers["location"])


def test_other_forms_are_refused(browser: TestClient, states: FakeStates) -> None:
    failed(states)
    assert browser.post("/runs/run-0/rerun", data={}).status_code == 400
    assert browser.post("/runs/run-0/rerun", data={"redrives": "x"}).status_code == 400
    assert browser.post("/runs/run-0/rerun", data={"redrives": "9" * 5000}).status_code == 400
    assert browser.post("/runs/nothing/rerun", data={"redrives": "0"}).status_code == 404
    assert browser.get("/runs/run-0/rerun").status_code == 405
    assert states.asked["redrive"] == 0
