"""What has passed its end goes, with all that was made for it; nothing else does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.endpoints.removal import delete_parts, list_endpoints, take_down
from lambdas.endpoints.tags import SPENT, UNTIL, end_of, time_text
from lambdas.errors import KeptDataBroken, TryAgain
from lambdas.stop_endpoints import handler, stop_all, stop_ended
from tests.lambdas.endpoints.endpoints import make_endpoint, make_part, names

NOW = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
NOTHING: dict[str, list[str]] = {"endpoints": [], "configs": [], "models": []}


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("sagemaker", "us-east-1")


def until(**later: float) -> str:
    return time_text(NOW + timedelta(**later))


def test_only_what_has_passed_its_end_is_taken_down(sagemaker: Any) -> None:
    over = make_endpoint(sagemaker, "codefree", "over", **{UNTIL: until(minutes=-1)})
    now = make_endpoint(sagemaker, "codefree", "now", **{UNTIL: until()})
    later = make_endpoint(sagemaker, "codefree", "later", **{UNTIL: until(minutes=1)})
    stays = make_endpoint(sagemaker, "codefree", "stays", **{SPENT: "0"})
    other = make_endpoint(sagemaker, "codefree-2", "over", **{UNTIL: until(days=-1)})
    outcome = stop_ended(sagemaker, "codefree", NOW)
    assert sorted(outcome["Stopped"]) == sorted([over, now]) and outcome["Left"] == []
    left = names(sagemaker)
    assert left["endpoints"] == sorted([later, stays, other])
    for parts in (left["configs"], left["models"]):
        assert sorted(p.rpartition("-")[0] for p in parts) == left["endpoints"]
    assert stop_ended(sagemaker, "codefree", NOW) == {"Stopped": [], "Left": []}


def test_an_end_in_another_zone_or_without_one_is_understood() -> None:
    assert end_of({UNTIL: "2026-03-06T03:00:00+09:00"}, "e") == NOW
    assert end_of({UNTIL: "2026-03-05 18:00"}, "e") == NOW
    assert end_of({}, "e") is None


def test_an_end_that_nobody_can_read_is_told_after_the_others_are_done(sagemaker: Any) -> None:
    make_endpoint(sagemaker, "codefree", "broken", **{UNTIL: "tomorrow"})
    make_endpoint(sagemaker, "codefree", "over", **{UNTIL: until(hours=-1)})
    with pytest.raises(KeptDataBroken, match="'tomorrow', and no time"):
        stop_ended(sagemaker, "codefree", NOW)
    assert len(names(sagemaker)["endpoints"]) == 1


def test_with_the_stack_all_of_it_goes_and_what_was_left_half_made(sagemaker: Any) -> None:
    for dataset in ("a", "고객"):
        make_endpoint(sagemaker, "codefree", dataset)
    make_part(sagemaker, "codefree", make_endpoint(sagemaker, "codefree", "b"))
    half = make_endpoint(sagemaker, "codefree", "half")
    sagemaker.delete_endpoint(EndpointName=half)
    assert len(stop_all(sagemaker, "codefree")["Stopped"]) == 3
    assert names(sagemaker) == NOTHING
    assert stop_all(sagemaker, "codefree") == {"Stopped": [], "Left": []}


def test_what_is_half_gone_goes_the_next_time(sagemaker: Any) -> None:
    name = make_endpoint(sagemaker, "codefree", "a")
    sagemaker.delete_endpoint(EndpointName=name)
    config = sagemaker.list_endpoint_configs()["EndpointConfigs"][0]["EndpointConfigName"]
    sagemaker.delete_endpoint_config(EndpointConfigName=config)
    assert take_down(sagemaker, name) and names(sagemaker) == NOTHING
    assert take_down(sagemaker, name)


def test_the_parts_of_another_endpoint_are_never_touched(sagemaker: Any) -> None:
    mine, other = (make_endpoint(sagemaker, "codefree", name) for name in ("a", "b"))
    [kept] = [p for p in names(sagemaker)["models"] if p.startswith(mine)]
    make_part(sagemaker, "codefree", mine)
    delete_parts(sagemaker, mine, kept=frozenset({kept}))
    assert [p for p in names(sagemaker)["models"] if p.startswith(mine)] == [kept]
    assert [p for p in names(sagemaker)["configs"] if p.startswith(other)]


class Busy:
    """An account whose endpoints can't be deleted, for they are ``status``."""

    def __init__(
        self, sagemaker: Any, code: str = "ValidationException", status: str = "Updating"
    ) -> None:
        self._sagemaker, self._code, self._status = sagemaker, code, status
        self.deletions = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sagemaker, name)

    def get_paginator(self, name: str) -> Any:
        pages = self._sagemaker.get_paginator(name)
        return self if name == "list_endpoints" else pages

    def paginate(self, **wanted: str) -> Iterator[Any]:
        for page in self._sagemaker.get_paginator("list_endpoints").paginate(**wanted):
            found = [each | {"EndpointStatus": self._status} for each in page["Endpoints"]]
            yield {"Endpoints": found}

    def delete_endpoint(self, **_: str) -> None:
        self.deletions += 1
        said: Any = {"Code": self._code, "Message": "Cannot update in-progress endpoint."}
        raise ClientError({"Error": said}, "DeleteEndpoint")


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack"])
def test_one_that_is_being_made_is_left_as_it_is_for_the_next_time(
    sagemaker: Any, status: str
) -> None:
    name = make_endpoint(sagemaker, "codefree", "a", **{UNTIL: until(hours=-1)})
    before = names(sagemaker)
    busy: Any = Busy(sagemaker, status=status)
    assert stop_ended(busy, "codefree", NOW) == {"Stopped": [], "Left": [name]}
    assert stop_all(busy, "codefree")["Left"] == [name]
    assert names(sagemaker) == before
    assert stop_ended(sagemaker, "codefree", NOW)["Stopped"] == [name]


def test_the_parts_of_one_that_is_going_already_go_as_well(sagemaker: Any) -> None:
    name = make_endpoint(sagemaker, "codefree", "a", **{UNTIL: until(hours=-1)})
    going: Any = Busy(sagemaker, status="Deleting")
    assert stop_ended(going, "codefree", NOW) == {"Stopped": [name], "Left": []}
    assert names(sagemaker) == NOTHING | {"endpoints": [name]}


def test_the_stack_waits_for_one_that_is_going_until_it_is_gone(sagemaker: Any) -> None:
    name = make_endpoint(sagemaker, "codefree", "a")
    half = make_endpoint(sagemaker, "codefree", "half")
    sagemaker.delete_endpoint(EndpointName=half)
    going: Any = Busy(sagemaker, status="Deleting")
    assert stop_all(going, "codefree") == {"Stopped": [], "Left": [name]}
    assert not [part for part in names(sagemaker)["models"] if part.startswith(name)]
    sagemaker.delete_endpoint(EndpointName=name)
    assert stop_all(sagemaker, "codefree") == {"Stopped": [], "Left": []}
    assert names(sagemaker) == NOTHING


def test_one_whose_deletion_has_just_begun_is_left_with_the_stack(sagemaker: Any) -> None:
    class Slow(Busy):
        def delete_endpoint(self, **_: str) -> None:
            self._status = "Deleting"

    name = make_endpoint(sagemaker, "codefree", "a")
    slow: Any = Slow(sagemaker, status="InService")
    assert stop_all(slow, "codefree") == {"Stopped": [], "Left": [name]}


@pytest.mark.parametrize("status", ["InService", "Failed", "OutOfService"])
def test_a_refusal_that_no_waiting_helps_is_told(sagemaker: Any, status: str) -> None:
    name = make_endpoint(sagemaker, "codefree", "a", **{UNTIL: until(hours=-1)})
    before = names(sagemaker)
    refused: Any = Busy(sagemaker, status=status)
    for stop in (lambda: stop_ended(refused, "codefree", NOW), lambda: take_down(refused, name)):
        with pytest.raises(ClientError, match="in-progress"):
            stop()
    assert names(sagemaker) == before


def test_one_that_has_just_come_to_rest_is_asked_for_once_more(sagemaker: Any) -> None:
    class Ready(Busy):
        def delete_endpoint(self, **wanted: str) -> None:
            if self.deletions:
                self._sagemaker.delete_endpoint(**wanted)
            else:
                super().delete_endpoint(**wanted)

    ready: Any = Ready(sagemaker, status="InService")
    assert take_down(ready, make_endpoint(sagemaker, "codefree", "a"))
    assert names(sagemaker) == NOTHING


def test_other_refusals_are_not_taken_for_done(sagemaker: Any) -> None:
    name = make_endpoint(sagemaker, "codefree", "a")
    denied: Any = Busy(sagemaker, "AccessDeniedException")
    with pytest.raises(ClientError):
        take_down(denied, name)


def test_the_step_looks_at_the_clock_and_not_at_when_it_was_due(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACK", "codefree")
    monkeypatch.setenv("PAGE_LANGUAGE", "en")
    now = datetime.now(UTC)
    soon, past = time_text(now + timedelta(hours=1)), time_text(now - timedelta(minutes=1))
    make_endpoint(sagemaker, "codefree", "a", **{UNTIL: soon})
    name = make_endpoint(sagemaker, "codefree", "b", **{UNTIL: past})
    due = {"time": "2026-01-01T00:00:00Z"}  # delivered long afterwards
    assert handler(due, None)["Stopped"] == [name]
    early = {"time": (now + timedelta(hours=2)).isoformat()}
    assert handler(early, None) == {"Stopped": [], "Left": []}
    assert len(handler({"all": True}, None)["Stopped"]) == 1
    monkeypatch.setattr("lambdas.stop_endpoints.list_endpoints", throttled)
    with pytest.raises(TryAgain):
        handler({"all": True}, None)


def throttled(*_: object) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "ListEndpoints")


def test_an_endpoint_without_this_stack_s_tag_is_not_the_stack_s(sagemaker: Any) -> None:
    make_endpoint(sagemaker, "codefree", "a", **{"codefree:stack": "mine"})
    assert list(list_endpoints(sagemaker, "codefree")) == []
