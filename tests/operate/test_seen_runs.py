"""Each execution that has ended is read once, and a page reads no more than it shows."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operate.runs.seen_runs import RUNS_A_PAGE, SeenRuns
from tests.console.executions import (
    INSTANCE,
    PREDICTIONS,
    FakeLogs,
    FakeStates,
    place_with,
    trained,
    uploaded,
)


@pytest.fixture
def states() -> FakeStates:
    return FakeStates()


def finished_runs(states: FakeStates, number: int) -> None:
    for at in range(number):
        states.start({"dataset": f"set {at}"}).end("SUCCEEDED", output=trained(f"set {at}"))


def test_what_has_ended_is_read_once_and_what_runs_anew(
    states: FakeStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operate.runs.seen_runs._FRESH_SECONDS", 0)
    finished_runs(states, 3)
    running = states.start({"dataset": "slow"})
    running.enter("CheckPair")
    seen = SeenRuns(place_with(states))
    assert [run.dataset for run in seen.page().runs] == ["slow", "set 2", "set 1", "set 0"]
    states.asked.clear()
    running.enter("Train", {"Run": {"Dataset": "slow"}})
    assert [run.state for run in seen.page().runs] == ["Train", *["Publish"] * 3]
    assert states.asked == {"list": 2, "describe": 1, "history": 1}


def test_a_run_that_was_rerun_and_failed_again_is_read_anew(states: FakeStates) -> None:
    run = states.start({"dataset": "unlucky"})
    run.enter("Train", {"Run": {"Dataset": "unlucky"}})
    run.end("FAILED", error="JobFailed", cause="the first time")
    seen = SeenRuns(place_with(states))
    assert seen.page().runs[0].why == "the first time"
    run.end("FAILED", cause="the second time", redrives=1)
    assert [(each.why, each.redrives) for each in seen.page().runs] == [("the second time", 1)]


def test_a_page_reads_what_it_shows_and_the_next_one_the_rest(states: FakeStates) -> None:
    finished_runs(states, 3 * RUNS_A_PAGE)
    seen = SeenRuns(place_with(states))
    first = seen.page()
    assert (len(first.runs), first.has_older, first.is_whole) == (RUNS_A_PAGE, True, True)
    assert states.asked["describe"] < 1.5 * RUNS_A_PAGE
    last = seen.page(3)
    assert [run.dataset for run in last.runs] == [f"set {n}" for n in range(RUNS_A_PAGE)][::-1]
    assert not last.has_older
    assert states.asked["describe"] == 3 * RUNS_A_PAGE
    assert seen.page(4).runs == ()


def test_nobody_waits_for_all_of_many_runs_at_once(states: FakeStates) -> None:
    finished_runs(states, RUNS_A_PAGE + 1)
    seen = SeenRuns(place_with(states), longest_seconds=0)
    looks = [seen.page() for _ in range(3)]
    assert [look.is_whole for look in looks] == [False, False, True]
    assert len(looks[0].runs) < len(looks[1].runs) < len(looks[2].runs) == RUNS_A_PAGE


def test_a_long_history_is_read_from_its_end(states: FakeStates) -> None:
    run = states.start({"dataset": "long"})
    for _ in range(2000):
        run.enter("WaitForTraining", {"Instance": INSTANCE | {"TrainWaits": 3}})
    [found] = SeenRuns(place_with(states)).page().runs
    assert states.asked["history"] == 1
    assert (found.state, found.quota, found.step) == ("WaitForTraining", "ml.m5.large", "Train")


def test_runs_are_found_by_a_part_of_the_dataset_s_name(states: FakeStates) -> None:
    for name in ("Titanic", "검사 결과", "the titanic again"):
        states.start({"dataset": name}).end("SUCCEEDED", output=trained(name))
    rows = states.start({"dataset": "Titanic", "file": "new.csv"}, PREDICTIONS)
    rows.end("SUCCEEDED", output={"Dataset": "Titanic", "File": "new", "Page": "s3://x"})
    seen = SeenRuns(place_with(states))
    found = [run.dataset for run in seen.page(name="TITANIC").runs]
    assert found == ["Titanic/new.csv", "the titanic again", "Titanic"]
    decomposed = "\u1100\u1165\u11b7\u1109\u1161"
    assert [run.dataset for run in seen.page(name=decomposed).runs] == ["검사 결과"]


def test_what_waits_is_shown_until_it_was_worked_on(states: FakeStates) -> None:
    first = states.start(uploaded("data/pair_test.csv"))
    first.end("SUCCEEDED", output={"Outcome": "WaitingForPartner", "Message": "not there"})
    seen = SeenRuns(place_with(states))
    [waiting] = seen.page().runs
    assert (waiting.dataset, waiting.waits_for) == ("pair", ("pair_train.csv",))
    states.start(uploaded("data/pair_train.csv")).end("SUCCEEDED", output=trained("pair"))
    states.start({"dataset": "pair"}).end("SUCCEEDED", output={"Outcome": "AlreadyRunning"})
    [done] = seen.page().runs
    assert done.is_done


def test_a_run_whose_files_another_has_taken_over_did_no_work(states: FakeStates) -> None:
    run = states.start({"dataset": "pair"})
    taken = {"Outcome": "Ready", "TakenOver": {"Error": "AlreadyHandled", "Cause": ""}}
    run.end("SUCCEEDED", output=taken)
    [found] = SeenRuns(place_with(states)).page().runs
    assert not found.did_work


def test_an_execution_that_is_deleted_meanwhile_is_left_out(
    states: FakeStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_runs(states, 3)
    describe = states.describe_execution

    def without_one(**asked: Any) -> Any:
        if asked["executionArn"].endswith(":run-1"):
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        return describe(**asked)

    monkeypatch.setattr(states, "describe_execution", without_one)
    found = SeenRuns(place_with(states)).page().runs
    assert [run.dataset for run in found] == ["set 2", "set 0"]


def test_the_strongest_baseline_stands_beside_the_score(states: FakeStates) -> None:
    states.start({"dataset": "set"}).end("SUCCEEDED", output=trained("set", 0.95, 0.9))
    [run] = SeenRuns(place_with(states)).page().runs
    assert run.score is not None and run.cost is not None
    assert (run.score.baseline_name, run.score.baseline) == ("a linear model", 0.9)
    assert (run.cost.usual, run.cost.most, run.cost.actual) == (0.48, 0.66, 0.31)


def test_each_line_of_a_training_s_log_is_read_once(states: FakeStates) -> None:
    run, logs = states.start({"dataset": "set"}), FakeLogs()
    run.enter("Train", {"Run": {"Dataset": "set"}})
    run.ask_for_job("codefree-set-train")
    begun = run.started + timedelta(minutes=3)
    seen = SeenRuns(place_with(states, logs))
    [training] = seen.page().trainings.values()
    assert (training.budget, training.since) == (None, run.events[-1]["timestamp"])
    log = logs.lines["codefree-set-train"] = [(begun, "Time budget: 60.0 s")]
    log.append((begun, "\t-0.31\t = Validation score   (-root_mean_squared_error)"))
    for _ in range(3):
        [training] = seen.page().trainings.values()
    assert (training.budget, training.since, training.models) == (60, begun, 1)
    assert (training.metric, training.best) == ("root_mean_squared_error", 0.31)
    assert logs.told == 2
