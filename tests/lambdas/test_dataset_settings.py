"""CheckPair with a dataset's settings: before and after its tables, changed, and deleted."""

import json
from typing import Any

import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.errors import PairRejected
from lambdas.runs.waiting_runs import list_places, read_waiting_run
from lambdas.state import State
from tests.lambdas.test_check_pair import TABLE, TEST, bucket, run, upload, upload_event

__all__ = ["bucket"]

SETTINGS = "data/a_settings.txt"


def write_settings(bucket: Bucket, text: str) -> None:
    bucket.write(SETTINGS, text.encode())


def renamed(table: str) -> bytes:
    return table.replace("a,b,label", "a,b,price").encode()


def upload_priced(bucket: Bucket) -> None:
    bucket.write("data/a_train.csv", renamed(TABLE))
    bucket.write("data/a_test.csv", renamed(TEST))


def test_settings_that_came_first_are_those_of_the_run(bucket: Bucket) -> None:
    write_settings(bucket, "target = price\nminutes = 2\n")
    waits = run(bucket, "one", upload_event(SETTINGS))
    assert waits["Outcome"] == "WaitingForPartner"
    assert waits["Message"].startswith(
        "data/a_train.csv and data/a_test.csv are not there yet, nor is data/a.csv. Nothing was"
    )
    upload_priced(bucket)
    ready = run(bucket, "two", upload_event("data/a_test.csv"))
    assert ready["Outcome"] == "Ready"
    assert ready["Configuration"]["Target"] == "price"
    assert ready["Configuration"]["TimeLimitSeconds"] == 120
    assert run(bucket, "three", upload_event(SETTINGS))["Outcome"] == "AlreadyRunning"


def test_settings_between_the_two_tables_count(bucket: Bucket) -> None:
    bucket.write("data/a_train.csv", renamed(TABLE))
    write_settings(bucket, "target = price")
    assert run(bucket, "one", upload_event(SETTINGS))["Outcome"] == "WaitingForPartner"
    bucket.write("data/a_test.csv", renamed(TEST))
    ready = run(bucket, "two", upload_event("data/a_test.csv"))
    assert ready["Configuration"]["Target"] == "price"


def test_settings_that_come_later_start_a_run_of_their_own(bucket: Bucket) -> None:
    upload(bucket)
    first = run(bucket, "one", upload_event("data/a_test.csv"))
    write_settings(bucket, "minutes = 2")
    second = run(bucket, "two", upload_event(SETTINGS))
    assert second["Outcome"] == "Ready" and second["Run"]["Id"] != first["Run"]["Id"]
    # A retry of the first one still reads what it read.
    again = run(bucket, "one", upload_event("data/a_test.csv"))
    assert again["Configuration"] == first["Configuration"]
    assert again["Run"] == first["Run"]


def test_the_same_settings_twice_or_with_another_comment_train_nothing_twice(
    bucket: Bucket,
) -> None:
    upload(bucket)
    write_settings(bucket, "minutes = 2")
    assert run(bucket, "one", upload_event(SETTINGS))["Outcome"] == "Ready"
    write_settings(bucket, "# for the meeting\nMinutes: 2 min\n")
    assert run(bucket, "two", upload_event(SETTINGS))["Outcome"] == "AlreadyRunning"
    write_settings(bucket, "minutes = 3")
    assert run(bucket, "three", upload_event(SETTINGS))["Outcome"] == "Ready"


def test_deleted_settings_are_no_longer_those_of_the_next_run(bucket: Bucket) -> None:
    upload(bucket)
    write_settings(bucket, "minutes = 2")
    run(bucket, "one", upload_event(SETTINGS))
    bucket.delete(SETTINGS)
    plain = run(bucket, "two", {"dataset": "a"})
    assert (plain["Outcome"], plain["Configuration"]["TimeLimitSeconds"]) == ("Ready", 60)


def test_settings_beyond_the_stacks_limits_are_refused_before_anything_costs(
    bucket: Bucket,
) -> None:
    upload(bucket)
    write_settings(bucket, "cost = 50\nminutes = 100")
    with pytest.raises(PairRejected) as error:
        run(bucket, "one", upload_event("data/a_test.csv"), MOST_MINUTES="90")
    assert "line 1: cost is 50, and this stack allows 1 at most" in str(error.value)
    assert "line 2: minutes is 100, and this stack allows 90 at most" in str(error.value)
    assert bucket.read("spending/ledger.json") is None
    # The other half's event finds the claim, so that nobody is told twice.
    again = run(bucket, "two", upload_event("data/a_train.csv"), MOST_MINUTES="90")
    assert again["Outcome"] == "AlreadyRunning"


def test_the_input_of_an_execution_has_the_last_word(bucket: Bucket) -> None:
    upload_priced(bucket)
    write_settings(bucket, "target = label\nminutes = 2")
    state = run(bucket, "one", {"dataset": "a", "target": "price", "leave_out": ["b"]})
    configuration = state["Configuration"]
    assert (configuration["Target"], configuration["LeaveOut"]) == ("price", ["b"])
    assert configuration["TimeLimitSeconds"] == 120
    with pytest.raises(PairRejected, match="The execution's input: cost is 9, and this stack"):
        run(bucket, "two", {"dataset": "a", "cost": 9})


def test_a_run_in_line_keeps_what_it_was_asked_for(bucket: Bucket) -> None:
    upload_priced(bucket)
    asked = {"dataset": "a", "target": "price"}
    waits = run(bucket, "one", asked, DAILY_COST_LIMIT="0.0001")
    assert waits["Outcome"] == "WaitingForBudget"
    [place] = list_places(bucket)
    waiting = read_waiting_run(bucket, place)
    assert waiting and waiting.pair.asked == {"target": "price"}
    ready = run(bucket, "two", {"dataset": "a", "waited": place})
    assert ready["Configuration"]["Target"] == "price"


def one_table(bucket: Bucket) -> State:
    bucket.write("data/a.csv", (TABLE + TEST.removeprefix("a,b,label\n")).encode())
    return run(bucket, "table", upload_event("data/a.csv"))


def test_a_pair_comes_before_a_single_table_and_that_is_said(bucket: Bucket) -> None:
    upload(bucket)
    with pytest.raises(PairRejected) as error:
        one_table(bucket)
    assert str(error.value).startswith(
        "a.csv was not used, because a_train.csv and a_test.csv are there, and a pair comes before "
        "a single table."
    )
    assert run(bucket, "two", {"dataset": "a"})["Run"]["TrainData"].endswith("/train/")


def test_half_a_pair_beside_a_table_waits_for_its_partner(bucket: Bucket) -> None:
    one_table(bucket)
    bucket.write("data/a_train.csv", TABLE.encode())
    state = run(bucket, "two", upload_event("data/a_train.csv"))
    assert state["Outcome"] == "WaitingForPartner"


@pytest.mark.parametrize(
    "kept", [{"asked": {"target": 3}}, {"asked": []}, {"settings": {"key": 1}}, {"settings": "x"}]
)
def test_kept_settings_that_somebody_changed_are_refused(bucket: Bucket, kept: Any) -> None:
    from lambdas.errors import KeptDataBroken
    from lambdas.uploads.pair import pair_from_json

    upload(bucket)
    state = run(bucket, "one", {"dataset": "a"})
    body = json.loads(bucket.read(f"runs/{state['Run']['Id']}/pair.json") or b"")
    assert pair_from_json(json.dumps(body)).name == "a"
    with pytest.raises(KeptDataBroken):
        pair_from_json(json.dumps(body | kept))
