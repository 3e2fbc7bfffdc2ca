"""Whatever the steps say is told in one language alone: pages, mails, messages and errors."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.errors import BudgetTooSmall, JobFailed, NotAllowed, PairRejected, TryAgain
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.quotas import Forbidden
from lambdas.jobs.cost import JobCost
from lambdas.jobs.kind import JobKind
from lambdas.jobs.run_cost import cost_text
from lambdas.language import spoken_in, spoken_language
from lambdas.pages.failure_mail import failure_mail, mail_subject
from lambdas.pages.failure_page import Failure, failure_page
from lambdas.pages.filled_report import filled_report
from lambdas.pages.success_mail import success_mail, success_subject
from lambdas.pick_instance import choice_of, pick_instance
from lambdas.refusals import explain_refusals
from lambdas.runs.execution_story import reason_of_failure
from lambdas.runs.spending import Ledger, Limits
from lambdas.state import FileState, ProfileState, State
from lambdas.uploads.asked import asked_for
from lambdas.uploads.dataset import dataset_named
from lambdas.uploads.misnamed import right_name, why_misnamed
from lambdas.wish import Wish
from tests.korean import english_in, hangul_in, only_korean, read_aloud
from tests.lambdas.aws_words import (
    CAPACITY,
    NO_QUOTA,
    OUT_OF_MEMORY,
    OUT_OF_MEMORY_BY_SAGEMAKER,
)
from tests.lambdas.picked_run import picked
from tests.lambdas.test_misnamed import MEANT
from tests.lambdas.test_pages import FAILURE
from tests.lambdas.test_recover import failed, recovered, refused
from tests.lambdas.test_success_mail import success

BUCKET = Bucket("bucket", boto3.client("s3", "us-east-1"))
# Names of AWS's, and what it says itself.
AWS = "us-east-1 ml.m5.large ml.m5.xlarge ml.m5.2xlarge ml.m5.4xlarge ml.m5.12xlarge"
ENDINGS = ("FAILED", "ABORTED", "TIMED_OUT")
ERRORS = ("JobFailed", "PairRejected", "UploadMisnamed", "BudgetTooSmall", "States.Runtime")


def failures() -> Iterator[Failure]:
    """Failed runs that ended in every way, for reasons that are told elsewhere."""
    untold = replace(
        FAILURE,
        dataset="12",
        reason="13",
        attempts=[{**made, "Why": "14"} for made in FAILURE.attempts],
        log=["15"],
    )
    for status, error, step in product(ENDINGS, ERRORS, ("", "CheckPair")):
        ended = replace(untold, status=status, error=error, step=step)
        yield ended
        yield replace(ended, is_redrivable=False, costs=[], attempts=[], log=[])
        yield replace(ended, console="", redrive="", dataset="1/2")


def of_failure(failure: Failure) -> list[str]:
    """What of a failed run is the same in every language."""
    jobs = [cost.job for cost in failure.costs]
    page = f"s3://bucket/results/{failure.dataset}/{failure.run}/failure.html s3://bucket/results/"
    return [failure.console, failure.redrive, failure.run, failure.execution, AWS, page, *jobs]


def test_a_failure_is_told_in_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for failure in failures():
        mail = (failure, BUCKET)
        with only_korean(monkeypatch):
            told = [read_aloud(failure_page(failure)), failure_mail(*mail, is_last=True)]
        for text in told:
            assert english_in(text, of_failure(failure)) == [], text
        for text in (read_aloud(failure_page(failure)), failure_mail(*mail, is_last=True)):
            assert hangul_in(text) == []


def test_a_success_is_told_in_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    done = success(name="과일", headline="행 4개 중 3개를 맞게 예측했습니다.")
    done.summary["Cost"]["Text"] = "12"
    with only_korean(monkeypatch):
        told = success_mail(done, BUCKET, is_last=True)
    links = [line for line in told.splitlines() if "https://" in line]
    assert english_in(told, links) == []
    assert hangul_in(success_mail(success(), BUCKET, is_last=True)) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_subject_has_ascii_alone_for_sns_takes_no_other(language: Any) -> None:
    with spoken_in(language):
        subjects = [mail_subject(failure) for failure in failures()] + [success_subject(success())]
    assert all(subject.isascii() and len(subject) <= 100 for subject in subjects)


def told_in_korean(monkeypatch: pytest.MonkeyPatch, *tellings: Callable[[], Any]) -> list[str]:
    """What each of these says or raises, in Korean."""
    with only_korean(monkeypatch):
        return [_said(telling) for telling in tellings]


def _said(telling: Callable[[], Any]) -> str:
    try:
        return str(telling())
    except (BudgetTooSmall, JobFailed, NotAllowed, PairRejected, TryAgain) as error:
        return str(error)


def assert_korean(texts: list[str], *known: str) -> None:
    for text in texts:
        assert hangul_in(text), text
        assert english_in(text, [AWS, *known]) == [], text


TROUBLES = (CAPACITY, "InternalServerError: x", OUT_OF_MEMORY, OUT_OF_MEMORY_BY_SAGEMAKER)


def test_the_reasons_for_a_failed_job_are_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    def why(state: Any) -> str:
        return str(state["Attempts"][-1]["Why"])

    def of(trouble: str) -> Callable[[], str]:
        return lambda: why(recovered(failed(picked(), trouble)))

    def spent(trouble: str) -> Callable[[], Any]:
        return lambda: recovered(failed(picked(), trouble), spent=0.99)

    def ended(code: str) -> Callable[[], Any]:
        return lambda: why(recovered(failed(picked(), f"AlgorithmError: , exit code: {code}")))

    tellings = [telling(trouble) for telling in (of, spent) for trouble in TROUBLES]
    tellings += [ended("1"), ended("137"), ended("139")]
    tellings += [lambda: why(recovered(refused(picked(), CAPACITY), redrives=1))]
    # Where SageMaker refused a job, its own words are told.
    assert_korean(told_in_korean(monkeypatch, *tellings), CAPACITY)
    quota = told_in_korean(monkeypatch, lambda: recovered(refused(picked(), NO_QUOTA), spent=0.99))
    assert_korean(quota, NO_QUOTA)


def states() -> Iterator[State]:
    for budget, spot in product((0.001, 0.2, 1.0), (True, False)):
        yield {
            **picked(),
            "Configuration": {**picked()["Configuration"], "BudgetUSD": budget, "Spot": spot},
        }


def test_the_choice_of_an_instance_is_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    for state in states():
        for region in ("us-east-1", "ap-northeast-2"):
            with only_korean(monkeypatch):
                told += chosen_words(state, snapshot_catalog(region))
    state = picked()
    with only_korean(monkeypatch):
        types = snapshot_catalog("us-east-1")
    wish = Wish.from_state(state["Configuration"])
    every = frozenset(t.name for t in types.types)
    large: FileState = {**state["Profile"]["Train"], "MemoryBytes": 10**13}
    too_large: ProfileState = {"Train": large, "Test": large}
    nothing: list[tuple[ProfileState, Catalog, Forbidden]] = [
        (state["Profile"], types, Forbidden(training=every)),
        (state["Profile"], types.without(every), Forbidden()),
        (too_large, types, Forbidden()),
    ]
    with only_korean(monkeypatch):
        for profile, catalog, forbidden in nothing:
            with pytest.raises(BudgetTooSmall) as none:
                choice_of(profile, wish, catalog, forbidden)
            told.append(str(none.value))
    names = " ".join(t.name for t in types.types)
    assert_korean(told, names, "us-east-1 ap-northeast-2")


def chosen_words(state: State, catalog: Catalog) -> list[str]:
    try:
        instance = pick_instance(state, catalog, Forbidden())["Instance"]
    except BudgetTooSmall as error:
        return [str(error)]
    reasons = [way["Reason"] for way in instance["Candidates"]]
    return [instance["Why"], *reasons, *cost_words(instance)]


def cost_words(instance: Any) -> list[str]:
    done = JobCost("12", JobKind.TRAIN, "ml.m5.large", "Completed", 100, 0.1)
    not_done = replace(done, status="Failed", saved=0.2)
    elsewhere = {"instance_type": "13", "cpus": 2, "memory_gib": 4.0}
    return [
        cost_text(instance, [done], None),
        cost_text(instance, [done, not_done], None),
        cost_text(instance, [done], elsewhere),
    ]


def test_the_limits_are_told_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdas.runs.admission import today

    limits, ledger, day = Limits(day_usd=1, month_usd=1, runs=0), Ledger(), today()
    told = told_in_korean(
        monkeypatch,
        lambda: limits.too_low_for(2),
        lambda: ledger.no_money_for(2, limits, day),
        lambda: ledger.no_money_for(2, Limits(9, 1, 1), day),
        lambda: ledger.no_place_for("12", limits),
    )
    assert_korean(told)


def test_what_aws_refuses_is_told_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    @explain_refusals
    def step(event: str, _context: object) -> None:
        raise ClientError({"Error": {"Code": event, "Message": "Rate exceeded"}}, "PutObject")

    told = told_in_korean(
        monkeypatch, *(lambda code=code: step(code, None) for code in ("SlowDown", "AccessDenied"))
    )
    assert_korean(told, "PutObject SlowDown AccessDenied Rate exceeded")
    lambdas = ["Sandbox.Timedout", "Runtime.OutOfMemory", "Runtime.ExitError", "AccessDenied"]
    cause = json.dumps({"errorMessage": "Task timed out"})
    told = told_in_korean(
        monkeypatch,
        *(
            partial(reason_of_failure, cause, name)
            for name in [*lambdas, "Lambda.TooManyRequestsException"]
        ),
    )
    assert_korean(told, "Task timed out")


OTHER_NAMES = ("a.parquet", "a.pdf", "_train.csv", "x", "train.csv", "a_settings.csv", "a/", "..")


def test_what_is_wrong_with_a_name_is_told_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*MEANT, *OTHER_NAMES]:
        for key in (f"data/{name}", f"data/older/{name}", name):
            told = told_in_korean(monkeypatch, partial(why_misnamed, key))
            ending = name.rpartition(".")[2].lower()
            assert_korean(
                told, *MEANT.values(), name, ending, "train test settings data/", right_name(key)
            )
    for name in ("", "..", "a/b", "x" * 300):
        told = told_in_korean(monkeypatch, partial(dataset_named, name))
        assert_korean(told, name, "x" * 40)


WRONG_INPUTS: list[Any] = [
    {"dataset": "12", "force": "false"},
    {"dataset": 5},
    {"dataset": "12", "unknown": 1},
    {"dataset": "12", "waited": "x"},
    {"dataset": "12", "target": {}},
    {"detail": {"object": {"key": ""}}},
    {},
]


@pytest.mark.parametrize("event", WRONG_INPUTS, ids=str)
def test_what_is_wrong_with_an_input_is_told_in_korean(
    event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_korean(told_in_korean(monkeypatch, lambda: asked_for(event)))


def test_the_end_of_a_report_is_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    state = picked()
    summary: Any = {
        "Run": "20261124-080000-abcdef",
        "Results": "s3://bucket/results/a/r/",
        "Model": "s3://bucket/results/a/r/x/output/model.tar.gz",
        "Cost": {"Text": "12"},
        "Instance": {**state["Instance"], "Why": "13"},
        "Attempts": [{"Step": "Train", "Type": "ml.m5.large", "Why": "14"}],
    }
    places = "<!-- run --><!-- /run --><!-- cost --><!-- /cost -->"
    with only_korean(monkeypatch):
        page = filled_report(places, summary)
    assert "2026년 11월 24일 08:00 UTC" in page
    assert_korean([read_aloud(page)], "20261124-080000-abcdef")
    assert "24 November 2026, 08:00 UTC, run 2026" in filled_report(places, summary)
    assert spoken_language() == "en"
