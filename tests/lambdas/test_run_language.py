"""A run speaks the language of its dataset, also to whoever explains why it failed at once."""

import json

import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import language_key
from lambdas.errors import PairRejected
from lambdas.explain_failure import _find_language
from lambdas.language import spoken_in
from lambdas.runs.execution_story import ExecutionStory
from lambdas.runs.run_language import read_language
from tests.korean import hangul_in
from tests.lambdas.test_check_pair import bucket, run, upload, upload_event
from tests.lambdas.test_dataset_settings import write_settings

__all__ = ["bucket"]


def results(bucket: Bucket, ending: str) -> bytes:
    [key] = [key for key in bucket.keys("results/a/") if key.endswith(ending)]
    return bucket.read(key) or b""


def story(run: str, **state: object) -> ExecutionStory:
    return ExecutionStory("arn", run, "FAILED", "", "", "CheckPair", dict(state), "", "")


def test_a_dataset_in_korean_has_its_pages_in_korean(bucket: Bucket) -> None:
    upload(bucket)
    write_settings(bucket, "언어 = 한국어")
    state = run(bucket, "one", upload_event("data/a_test.csv"))
    assert state["Message"].startswith("a: 학습할 행 ")
    assert b'<html lang="ko">' in results(bucket, "check.html")
    told = json.loads(results(bucket, "check.json"))
    assert told["language"] == "ko"
    assert all(hangul_in(finding["text"]) for finding in told["findings"])
    assert read_language(bucket, state["Run"]["Id"]) == "ko"
    assert run(bucket, "two", upload_event("data/a_train.csv"))["Outcome"] == "AlreadyRunning"


def test_a_rejected_pair_is_explained_in_its_language(bucket: Bucket) -> None:
    upload(bucket)
    write_settings(bucket, "language = ko\ntarget = nothing")
    with pytest.raises(
        PairRejected, match=r"예측할 열로 지정한 'nothing' 열이 없습니다.*모든 검사 결과"
    ):
        run(bucket, "one", upload_event("data/a_test.csv"))
    [key] = [key for key in bucket.keys("runs/") if key.endswith("/language.txt")]
    failed = key.split("/")[1]
    assert _find_language(bucket, story(failed)) == "ko"
    with spoken_in("ko"):
        assert _find_language(bucket, story("another")) == "ko"
    assert _find_language(bucket, story("another")) == "en"
    english = {"Configuration": {"Language": "en"}}
    with spoken_in("ko"):
        assert _find_language(bucket, story(failed, **english)) == "en"


def test_a_stack_s_own_language_needs_no_note(bucket: Bucket) -> None:
    upload(bucket)
    run(bucket, "one", upload_event("data/a_test.csv"))
    assert not [key for key in bucket.keys("runs/") if key.endswith("/language.txt")]


@pytest.mark.parametrize("written", [b"", b"fr", b"\xff\xfe", b"ko\n", b"k" * 10_000])
def test_what_is_no_language_counts_for_nothing(bucket: Bucket, written: bytes) -> None:
    bucket.write(language_key("one"), written)
    assert read_language(bucket, "one") == "en"
