"""Datasets of one stack speak different languages: their pages, mails and messages."""

import html
import json
from dataclasses import replace

from tests.korean import hangul_in, read_aloud
from tests.local.test_failures import notifications, page
from tests.local.uploads import Uploader, table


def results(uploader: Uploader, ending: str) -> str:
    [key] = [k for k in uploader.keys(f"results/{uploader.name}/") if k.endswith(ending)]
    return str(
        uploader.aws.s3.get_object(Bucket=uploader.stack.bucket, Key=key)["Body"].read(), "utf-8"
    )


def in_korean(uploader: Uploader) -> Uploader:
    """The same dataset, which has said that it wants Korean."""
    settings = f"data/{uploader.name}_settings.txt"
    uploader.put(settings, "언어 = 한국어\n")
    return replace(uploader, other_keys=frozenset({settings}))


def test_a_run_in_korean_tells_everything_in_korean(uploader: Uploader) -> None:
    uploader = in_korean(uploader)
    uploader.upload_pair(table(), table(6))
    output = json.loads(uploader.worked()["output"])
    assert '<html lang="ko">' in results(uploader, "/check.html")
    assert json.loads(results(uploader, "/check.json"))["language"] == "ko"
    told = [output["Message"], output["Instance"]["Why"], output["Cost"]["Text"]]
    told += [way["Reason"] for way in output["Instance"]["Candidates"]]
    assert all(hangul_in(text) for text in told), told


def test_a_failed_job_in_korean_is_explained_in_korean(uploader: Uploader) -> None:
    uploader = in_korean(uploader)
    uploader.forget_mails()
    uploader.upload_pair(table(12, "fail"), table(6))
    told = html.unescape(page(uploader))
    failed = uploader.failed()
    assert "학습이 실패했습니다: " in json.loads(failed["cause"])["errorMessage"]
    assert '<html lang="ko">' in told and "실행이 RecoverTraining 단계에서 실패했습니다" in told
    uploader.wait(lambda: [text for text in notifications() if uploader.name in text])
    [mail] = [text for text in notifications() if uploader.name in text]
    assert mail.startswith(f"{uploader.name}: 실행이 RecoverTraining 단계에서 실패했습니다")


def test_a_rejected_pair_in_korean_is_explained_in_korean(uploader: Uploader) -> None:
    uploader = in_korean(uploader)
    uploader.upload_pair("a,b\n1,2\n", table(6))
    told = html.unescape(page(uploader))
    reason = json.loads(uploader.failed()["cause"])["errorMessage"]
    assert hangul_in(reason) and html.unescape(reason) in read_aloud(told)
    assert '<html lang="ko">' in told and "실행이 CheckPair 단계에서 실패했습니다" in told


def test_another_dataset_of_the_stack_is_told_in_english(uploader: Uploader) -> None:
    uploader.upload_pair("a,b\n1,2\n", table(6))
    uploader.failed()
    told = page(uploader)
    assert '<html lang="en">' in told and hangul_in(told) == []
