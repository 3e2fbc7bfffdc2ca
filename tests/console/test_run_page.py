"""A run's pages against local mode, with jobs that a quick stand-in does."""

import html
import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient

from local.aws import LocalAws
from local.stack import Stack
from operate.place import Place
from operate.runs.followed_run import followed
from operate.runs.seen_runs import SeenRuns
from tests.local.predictions import Rows, approve, new_rows
from tests.local.uploads import Uploader, put_past_policy, table

HOSTILE = '<b onclick="x">\'&{{7*7}}#? 타이타닉'
TURNED = "<img src=x>\u202ev"


@dataclass(frozen=True)
class Ended:
    """A run that has ended, by its dataset and the name of its execution."""

    dataset: str
    name: str

    @property
    def address(self) -> str:
        return f"/runs/{self.name}"


@pytest.fixture(scope="module")
def recovered(aws: LocalAws, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A run whose training was killed once, of a dataset with a name of the worst kind."""
    uploader = Uploader(aws, stack, HOSTILE)
    mark = tmp_path_factory.mktemp("killed") / "once"
    test = table(6, behaviour="report").replace("report", "<script>report")
    uploader.upload_pair(table(behaviour=f"killed once {mark}"), test)
    return Ended(HOSTILE, uploader.worked()["name"])


@pytest.fixture(scope="module")
def failed(aws: LocalAws, stack: Stack) -> Ended:
    uploader = Uploader(aws, stack, "told to fail")
    uploader.upload_pair(table(behaviour="fail"), table(6))
    name = uploader.failed()["name"]
    uploader.wait(lambda: any("failure.html" in key for key in uploader.keys("results/told to")))
    return Ended("told to fail", name)


@pytest.fixture(scope="module")
def rejected(aws: LocalAws, stack: Stack) -> Ended:
    uploader = Uploader(aws, stack, "rejected")
    uploader.upload_pair(table(target="other"), table(6, target="other"))
    name = uploader.failed()["name"]
    uploader.wait(lambda: any("failure.html" in key for key in uploader.keys("results/rejected/")))
    return Ended("rejected", name)


def states_shown(page: str) -> dict[str, str]:
    """Each state in the picture with how it is doing."""
    told = re.findall(r'class="state (\w+)"[^>]*data-state="([^"]+)"', page)
    return {name: kind for kind, name in told}


def part(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2]


def test_the_picture_shows_what_was_caught_and_recovered(
    pages: TestClient, recovered: Ended
) -> None:
    page = pages.get(recovered.address).text
    shown = states_shown(page)
    assert shown["Train"] == "recovered"
    assert shown["RecoverTraining"] == shown["Publish"] == "succeeded"
    assert shown["WaitingForPartner"] == "ahead"
    assert page.count('class="edge next taken"') > 8
    assert 'class="edge catch taken"' in page
    assert 'id="run-mark" class="badge succeeded"' in page


def test_a_state_tells_its_attempts_and_its_texts(pages: TestClient, recovered: Ended) -> None:
    page = pages.get(recovered.address).text
    number = re.search(r'id="state-(\d+)-summary">[^/]*?</span> <strong>Train<', page)
    assert number
    told = part(page, f"state-{number[1]}-details").partition('class="state-told"')[0]
    assert "entered 2 times" in told
    assert "States.TaskFailed" in told and "-train-0-0-0" in told and "-train-1-0-0" in told
    text = re.search(r'href="([^"]+/events/\d+/cause)"', told)
    assert text
    whole = pages.get(text[1])
    assert "FailureReason" in json.loads(whole.text)
    assert whole.headers["content-disposition"].startswith("attachment")
    assert pages.get(text[1].replace("/cause", "/nothing")).status_code == 404
    assert pages.get(f"{recovered.address}/events/99999/input").status_code == 404


def test_the_leaderboard_and_the_log_are_told(pages: TestClient, recovered: Ended) -> None:
    page = pages.get(recovered.address).text
    board = part(page, "run-board")
    assert "StandIn" in board and "0.7500" in board and "accuracy on validation rows" in board
    assert "Evaluated" in part(page, "log-lines")
    jobs = re.findall(r'/log\?job=([^"]+)"', pages.get(f"{recovered.address}/log").text)
    assert len(set(jobs)) == 3
    log = pages.get(f"{recovered.address}/log", params={"job": jobs[0]}).text
    assert "Fitting model: StandIn" in log
    whole = pages.get(f"{recovered.address}/log.txt", params={"job": jobs[0]})
    assert "Time budget: 1 s\n" in whole.text
    assert whole.headers["content-disposition"].endswith(f"{jobs[0]}.log")


def test_no_log_but_of_the_run_s_own_jobs(
    pages: TestClient, recovered: Ended, failed: Ended
) -> None:
    [job] = set(re.findall(r"log\?job=([^\"]+)", pages.get(failed.address).text))
    assert pages.get(f"{recovered.address}/log?job={job}").status_code == 404
    assert pages.get(f"{recovered.address}/log.txt?job={job}").status_code == 404
    assert pages.get(f"{failed.address}/log?job={job}").status_code == 200


def test_the_events_are_told_page_by_page(pages: TestClient, recovered: Ended) -> None:
    page = pages.get(f"{recovered.address}/events").text
    assert "ExecutionSucceeded" in page and "RecoverTraining" in page
    assert "There are no more events." in pages.get(f"{recovered.address}/events?page=999").text
    assert pages.get(f"{recovered.address}/events?page=%F0%9F%98%80").status_code == 200


def test_a_failed_run_says_why_and_what_to_do(
    pages: TestClient, failed: Ended, rejected: Ended
) -> None:
    page = pages.get(failed.address).text
    assert "The stand-in was told to fail." in part(page, "run-now")
    assert f'action="{failed.address}/rerun"' in page
    assert states_shown(page)["RecoverTraining"] == "failed"
    assert states_shown(page)["Train"] == "caught"
    page = pages.get(rejected.address).text
    assert "no column" in html.unescape(part(page, "run-now"))
    assert "/new?dataset=rejected" in page and "/rerun" not in page


def test_a_stopped_run_has_not_failed_and_goes_on_from_its_page(
    pages: TestClient, aws: LocalAws, stack: Stack
) -> None:
    uploader = Uploader(aws, stack, "stopped")
    uploader.upload_pair(table(behaviour="slow"), table(6))
    uploader.wait(uploader.training_jobs)
    [name] = [each["name"] for each in uploader.described() if each["status"] == "RUNNING"]
    address = f"/runs/{name}"
    page = pages.get(address).text
    [back] = re.findall(r'name="back" value="([^"]+)"', part(page, "run-actions"))
    assert f'action="{address}/stop"' in page and back == address
    stopped = pages.post(f"{address}/stop", data={"redrives": "0", "back": back})
    assert stopped.headers["location"] == address
    uploader.executions()
    page = pages.get(address).text
    assert states_shown(page)["Train"] == "stopped"
    told = part(page, "run-now").partition('id="run-actions"')[0]
    assert "Rerun it to go on from the step that it was in." in told and "Why it" not in told
    assert f'action="{address}/rerun"' in page and "<progress" not in page


def run_names(place: Place) -> dict[str, str]:
    """The names of the executions that failed, by what they are about without its ending."""
    found = SeenRuns(place).page().runs
    return {run.dataset.partition(".")[0]: run.name for run in found if run.has_failed}


def test_hostile_names_stay_names(
    pages: TestClient, place: Place, aws: LocalAws, stack: Stack, recovered: Ended
) -> None:
    shown = "&lt;b onclick=&#34;x&#34;&gt;&#39;&amp;{{7*7}}#? 타이타닉"
    uploader = Uploader(aws, stack, TURNED)
    uploader.put(f"data/{TURNED}.csv.bak", "a")
    uploader.wait(lambda: TURNED in run_names(place))
    turned = run_names(place)[TURNED]
    for address in ("", "/report", "/events", "/log"):
        page = pages.get(f"{recovered.address}{address}").text
        assert "<b onclick" not in page and f"<bdi>{shown}</bdi>" in page
        page = pages.get(f"/runs/{turned}{address}").text
        assert "<img" not in page and "\u202e" not in page
        assert "&lt;img src=x&gt;\\u202ev" in page


def test_the_report_is_read_in_a_frame_that_runs_nothing(
    pages: TestClient, recovered: Ended
) -> None:
    page = pages.get(f"{recovered.address}/report").text
    frame = re.search(r'<iframe sandbox="([^"]*)"[^>]* src="([^"]+)"', page)
    assert frame and frame[1] == "allow-same-origin allow-downloads"
    report = pages.get(html.unescape(frame[2]))
    assert report.status_code == 200 and report.headers["content-type"].startswith("text/html")
    policy = report.headers["content-security-policy"]
    assert policy.startswith("sandbox") and "allow-scripts" not in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    check = pages.get(f"{recovered.address}/report?read=check").text
    assert re.search(r'src="[^"]+/files/check.html"', check)


def files(pages: TestClient, run: Ended) -> dict[str, str]:
    """The run's files: their addresses, by name."""
    page = part(pages.get(f"{run.address}/report").text, "files")
    links = re.findall(r'href="([^"]+/files/[^"]+)"><bdi>([^<]+)</bdi>', page)
    return {html.unescape(name): html.unescape(address) for address, name in links}


def test_every_file_can_be_had_and_is_saved_and_not_shown(
    pages: TestClient, recovered: Ended
) -> None:
    found = files(pages, recovered)
    predictions = next(name for name in found if name.endswith("_test_prediction.csv"))
    answer = pages.get(found[predictions])
    assert answer.text == table(6, behaviour="<script>report")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%3Cb%20")
    assert any(name.endswith("/output/model.tar.gz") for name in found)
    for address in found.values():
        head = pages.head(address)
        assert head.status_code == 200 and not head.content


def test_a_part_of_a_file_can_be_had(pages: TestClient, recovered: Ended) -> None:
    address = files(pages, recovered)["summary.json"]
    whole = pages.get(address).content
    for asked, first, past in (("0-9", 0, 10), ("5-", 5, len(whole)), ("-7", len(whole) - 7, None)):
        answer = pages.get(address, headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206 and answer.content == whole[first:past]
        assert answer.headers["content-range"].startswith(f"bytes {first}-")
    beyond = pages.get(address, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416 and beyond.headers["content-range"] == f"bytes */{len(whole)}"
    for other in ("lines=1-2", f"bytes={'9' * 5000}-"):
        assert pages.get(address, headers={"Range": other}).content == whole


def test_all_files_come_as_one(pages: TestClient, recovered: Ended) -> None:
    answer = pages.get(f"{recovered.address}/files.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        found = files(pages, recovered)
        assert set(archive.namelist()) == set(found)
        assert archive.read("summary.json") == pages.get(found["summary.json"]).content


def test_nothing_but_the_run_s_own_files_can_be_had(
    pages: TestClient, recovered: Ended, failed: Ended
) -> None:
    others = [
        *("../", "../../", "..%2f..%2f", "%2e%2e/%2e%2e/", "/", "%2f"),
        *("../../../data/", "..%2f..%2f..%2fspending/"),
    ]
    for before in others:
        for name in ("summary.json", "ledger.json"):
            assert pages.get(f"{recovered.address}/files/{before}{name}").status_code == 404
    assert pages.get(f"{failed.address}/files/summary.json").status_code == 404
    assert pages.get(f"{failed.address}/files/failure.html").status_code == 200


def test_no_name_in_the_archive_leads_out_of_its_folder(
    pages: TestClient, failed: Ended, aws: LocalAws, stack: Stack
) -> None:
    folder = next(
        entry["Key"].removesuffix("failure.html")
        for entry in aws.s3.list_objects_v2(Bucket=stack.bucket, Prefix="results/told to fail/")[
            "Contents"
        ]
        if entry["Key"].endswith("failure.html")
    )
    put_past_policy(aws.s3, stack.bucket, f"{folder}..\\../evil.txt", b"evil")
    with zipfile.ZipFile(io.BytesIO(pages.get(f"{failed.address}/files.zip").content)) as archive:
        assert "evil.txt" in archive.namelist()
        assert not any(".." in name for name in archive.namelist())


def test_what_there_is_no_run_of_is_no_page(pages: TestClient) -> None:
    for name in ("nobody", "%22%3E%3Cscript%3E", "x" * 300, "a:b", "%F0%9F%98%80"):
        for page in ("", "/report", "/live", "/report/live", "/events", "/log", "/files.zip"):
            answer = pages.get(f"/runs/{name}{page}")
            assert answer.status_code == 404 and "There is no such page." in answer.text


def test_a_finished_run_is_not_read_again(place: Place, recovered: Ended) -> None:
    run = followed(place, recovered.name)
    assert run
    first = run.refresh()
    asked: list[str] = []
    events: Any = place.account.states.meta.events
    handler = lambda model, **_: asked.append(model.name)  # noqa: E731
    events.register("before-call.sfn", handler)
    try:
        assert run.refresh() == first
    finally:
        events.unregister("before-call.sfn", handler)
    assert asked == ["DescribeExecution"]


def test_who_may_not_read_logs_sees_the_rest(
    pages: TestClient, place: Place, recovered: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeLogStreams")

    monkeypatch.setattr(place.account.client("logs"), "describe_log_streams", denied)
    page = pages.get(recovered.address)
    assert page.status_code == 200 and states_shown(page.text)["Publish"] == "succeeded"
    assert "logs:GetLogEvents" in part(page.text, "run-log")


def test_a_prediction_has_its_own_picture_and_files(
    pages: TestClient, place: Place, aws: LocalAws, stack: Stack, recovered: Ended
) -> None:
    run = followed(place, recovered.name)
    assert run
    described = place.account.states.describe_execution(executionArn=run.arn)
    approve(aws, stack, json.loads(described["output"]))
    rows = Rows(aws, stack, HOSTILE)
    rows.put("may.csv", new_rows())
    [execution] = rows.predicted("may.csv")
    predicted = Ended(HOSTILE, execution["name"])
    page = pages.get(predicted.address).text
    assert states_shown(page)["Predict"] == "succeeded" and "Train" not in states_shown(page)
    found = files(pages, predicted)
    assert pages.get(found["may.csv"]).text.startswith("size,prediction")
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', pages.get(f"{predicted.address}/report").text)
    assert frame and frame[1].endswith("/files/may.html")
    assert "Predictions" in pages.get(frame[1]).text
