"""Uploads whose events never came: found by the sweep or `codefree status`, and started once."""

import itertools
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from moto.events.models import Rule
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.uploads import lost_pairs
from local.aws import LocalAws
from local.gaps.events import scheduled_rules
from local.stack import Stack
from tests.local.stacks import client, resources, rules_of, stack_with_stand_in
from tests.local.uploads import Uploader, table

TRAIN, TEST = table(12), table(6)
SOON = timedelta(minutes=6)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def deaf_stack(aws: LocalAws, packed_template: str) -> Stack:
    """One whose rule for uploads may be switched off."""
    return stack_with_stand_in(aws, packed_template)


@pytest.fixture
def uploader(aws: LocalAws, deaf_stack: Stack) -> Uploader:
    return Uploader(aws, deaf_stack, f"lost {next(_numbers)}")


def made_as(uploader: Uploader, logical_id: str) -> str:
    """The name of what the stack made for the template's ``logical_id``."""
    return resources(uploader.aws, uploader.stack)[logical_id]


def upload_unheard(uploader: Uploader, **bodies: str) -> None:
    """Uploads while the rule is off, so that no event comes of it."""
    events, rule = client(uploader.aws, "events"), made_as(uploader, "UploadRule")
    events.disable_rule(Name=rule)
    for half, body in bodies.items():
        uploader.upload(half, body)
    events.enable_rule(Name=rule)


def sweep(uploader: Uploader, later: timedelta = SOON) -> int:
    """How many runs of the dataset the sweep starts that is due so much later."""
    due = datetime.now(UTC) + later
    answer = client(uploader.aws, "lambda").invoke(
        FunctionName=made_as(uploader, "SweepFunction"),
        Payload=json.dumps(
            {
                "detail-type": "Scheduled Event",
                "time": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "detail": {},
            }
        ),
    )
    told = json.load(answer["Payload"])
    return [started["Dataset"] for started in told["Started"]].count(uploader.name)


def sweep_rule(uploader: Uploader) -> Rule:
    return rules_of(uploader.aws, uploader.stack)["SweepRule"]


def status(uploader: Uploader, *words: str) -> str:
    stack = uploader.stack.state_machine.rpartition(":")[2]
    place = ["--endpoint-url", uploader.aws.endpoint, "--stack-name", stack]
    return CliRunner().invoke(app, ["status", *words, *place], env={"COLUMNS": "200"}).output


def is_shown_as_lost(uploader: Uploader) -> bool:
    lines = status(uploader).splitlines()
    return any(line.startswith(f"{uploader.name} ") and "not handled" in line for line in lines)


def test_the_schedule_starts_a_pair_whose_events_were_lost_once(uploader: Uploader) -> None:
    upload_unheard(uploader, train=TRAIN, test=TEST)
    assert uploader.executions() == []
    scheduled_rules.fire(sweep_rule(uploader), datetime.now(UTC) + SOON)
    uploader.wait(uploader.described)
    assert uploader.worked()["name"].startswith("lost-")
    assert sweep(uploader) == 0
    assert len(uploader.executions()) == len(uploader.training_jobs()) == 1


def test_a_pair_of_which_one_event_was_lost_is_started(uploader: Uploader) -> None:
    uploader.upload("train", TRAIN)
    assert [uploader.states_entered(e)[-1] for e in uploader.executions()] == ["WaitingForPartner"]
    assert sweep(uploader) == 0
    upload_unheard(uploader, test=TEST)
    assert sweep(uploader) == 1
    assert uploader.ends() == ["Publish"]


def test_a_new_file_whose_event_was_lost_is_trained_on(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    uploader.worked()
    assert sweep(uploader) == 0
    upload_unheard(uploader, train=table(20))
    assert sweep(uploader) == 1
    assert uploader.ends().count("Publish") == 2
    assert sweep(uploader) == 0


def test_halves_whose_names_mix_both_forms_of_letters_are_brought_together(
    uploader: Uploader,
) -> None:
    composed, decomposed = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    mixed = [f"{uploader.name} {composed}{decomposed}", f"{uploader.name} {decomposed}{composed}"]
    keys = {f"data/{mixed[0]}_train.csv": TRAIN, f"data/{mixed[1]}_test.csv": TEST}
    for key, body in keys.items():
        uploader.put(key, body)
    heard = replace(uploader, other_keys=frozenset(keys))
    # What is still under way when the sweep looks may be the pair's.
    uploader.wait(lambda: len(heard.executions()) == len(keys))
    uploader.name += " éé"
    assert sweep(uploader) == 1
    assert uploader.worked()["name"].startswith("lost-")
    assert sweep(uploader) == 0


def test_two_sweeps_and_late_events_start_one_run(uploader: Uploader) -> None:
    upload_unheard(uploader, train=TRAIN, test=TEST)
    assert sweep(uploader) == 1
    assert sweep(uploader) == 0
    for half in ("train", "test"):
        event = {"detail": {"object": {"key": f"data/{uploader.name}_{half}.csv"}}}
        uploader.start(event)
    assert uploader.ends() == ["AlreadyRunning", "AlreadyRunning", "Publish"]
    assert len(uploader.training_jobs()) == 1


def test_an_upload_whose_event_may_still_come_is_left_alone(uploader: Uploader) -> None:
    upload_unheard(uploader, train=TRAIN, test=TEST)
    assert sweep(uploader, timedelta(minutes=4)) == 0


def test_a_pair_of_which_nobody_knows_any_more_what_became_of_it_is_left_alone(
    uploader: Uploader,
) -> None:
    upload_unheard(uploader, train=TRAIN, test=TEST)
    assert sweep(uploader, timedelta(days=15)) == 0


@pytest.mark.parametrize("what", ["the files", "the function"])
def test_a_run_that_has_failed_is_a_persons_to_rerun(uploader: Uploader, what: str) -> None:
    if what == "the function":  # so early that nothing was written down about the pair
        functions, name = client(uploader.aws, "lambda"), made_as(uploader, "CheckPairFunction")
        uploader.upload("train", TRAIN)
        uploader.executions()
        works = functions.get_function_configuration(FunctionName=name)["Handler"]
        functions.update_function_configuration(FunctionName=name, Handler="lambdas.gone.handler")
        uploader.upload("test", TEST)
        assert uploader.failed()
        functions.update_function_configuration(FunctionName=name, Handler=works)
    else:
        uploader.upload_pair("a,b\n1,2\n", TEST)
        assert uploader.failed()
    assert sweep(uploader) == 0
    assert not is_shown_as_lost(uploader)


def test_status_shows_what_was_not_handled_and_starts_it_when_told_to(
    uploader: Uploader, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_unheard(uploader, train=TRAIN, test=TEST)
    assert not is_shown_as_lost(uploader)
    monkeypatch.setattr(lost_pairs, "GRACE", timedelta(0))
    uploader.wait(lambda: is_shown_as_lost(uploader))
    assert "codefree status --fix" in status(uploader)
    assert uploader.name in status(uploader, "--fix").splitlines()[0]
    uploader.worked()
    assert not is_shown_as_lost(uploader)
    assert "Nothing to start" in status(uploader, "--fix")
    assert len(uploader.training_jobs()) == 1


def test_who_may_not_list_the_bucket_sees_the_runs_all_the_same(
    uploader: Uploader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, "ListObjectsV2")

    uploader.upload("train", TRAIN)
    uploader.executions()
    monkeypatch.setattr("operate.run_commands.find_lost_pairs", denied)
    shown = status(uploader)
    assert "that requires s3:ListBucket" in shown and uploader.name in shown


def test_a_rule_with_a_schedule_takes_no_other_events_and_fires_when_it_is_due(
    uploader: Uploader, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, fired = sweep_rule(uploader), []
    monkeypatch.setattr(Rule, "send_to_targets", lambda _, event, **__: fired.append(event))
    assert not rule.event_pattern.matches_event({"source": "aws.s3", "resources": []})
    monkeypatch.setattr(scheduled_rules, "_rules", lambda: [rule])
    scheduled_rules.fire_due(rule.fired + timedelta(minutes=59))
    assert not fired
    scheduled_rules.fire_due(rule.fired + timedelta(minutes=61))
    [event] = fired
    assert (event["detail-type"], event["resources"]) == ("Scheduled Event", [rule.arn])
    assert rule.event_pattern.matches_event(event)
    rule.disable()
    scheduled_rules.fire_due(rule.fired + timedelta(hours=3))
    assert len(fired) == 1
