"""A run from the console: files are brought in parts, checked where they lie, and started once."""

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient

from lambdas.bucket.bucket import Bucket
from local.aws import LocalAws
from local.stack import Stack
from operate.account import Account, CannotDo
from operate.drafts.drafts import Drafts
from operate.drafts.part_upload import part_bytes_for
from operate.drafts.parts import Announced
from operate.drafts.settings import chosen_by, column_as_text, file_of_settings, texts_of_file
from operate.drafts.stack_wish import stack_wish
from operate.place import Place
from tests.console.conftest import Opened
from tests.local.uploads import Uploader

MIB = 1024**2
HOSTILE = "<img src=x onerror=alert(1)>\u202e.csv"


@pytest.fixture(scope="module")
def place(aws: LocalAws, stack: Stack) -> Place:
    name = stack.state_machine.rpartition(":")[2]
    return Place(Account(endpoint=aws.endpoint, key=aws.credentials), name, Path("nowhere"))


@pytest.fixture(scope="module")
def drafts(place: Place) -> Iterator[Drafts]:
    made = Drafts(place)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def page(opened: Opened, place: Place) -> Iterator[TestClient]:
    with opened(place) as client:
        yield client


@pytest.fixture
def bucket(drafts: Drafts) -> Bucket:
    return drafts.bucket


def table(rows: int, first: int = 0, target: str = "label") -> bytes:
    lines = [f"{n},{n % 7},{'yes' if n % 3 else 'no'}" for n in range(first, first + rows)]
    return "\n".join([f"number,rest,{target}", *lines, ""]).encode()


def wait(condition: Callable[[], Any]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError("waited too long")


def brought(page: TestClient, files: dict[str, bytes], dataset: str = "") -> str:
    """The address of a draft with these files, sent as a form without script."""
    answer = page.post(
        "/new",
        params={"dataset": dataset} if dataset else {},
        files=[("files", (name, content, "text/csv")) for name, content in files.items()],
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def checked(page: TestClient, address: str) -> str:
    """The draft's page once its check has ended."""
    wait(lambda: "The check is running" not in page.get(address).text)
    return page.get(address).text


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def seen_in(text: str) -> str:
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', text)
    return str(seen)


def versions(bucket: Bucket, prefix: str) -> list[str]:
    listed: Any = bucket.s3.list_object_versions(Bucket=bucket.name, Prefix=prefix)
    return [v["Key"] for kind in ("Versions", "DeleteMarkers") for v in listed.get(kind, [])]


def test_a_pair_is_checked_and_started_once(
    page: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    address = brought(page, {"apples_test.csv": table(60, 5000), "apples_train.csv": table(300)})
    text = checked(page, address)
    assert "The files can be trained on." in text
    assert "300 rows to train on, 60 rows to test with." in words(text)
    assert "Free here." in text and "USD on AWS, at most" in text
    assert re.search(r"<th scope=\"row\"><bdi>number</bdi>", text)
    draft = address.rpartition("/")[2]
    assert "apples" in page.get("/new").text
    seen = {"seen": seen_in(text)}
    assert page.post(f"{address}/start", data=seen).headers["location"] == "/"
    # A second click, and one after everything is gone.
    assert page.post(f"{address}/start", data=seen).headers["location"] == "/"
    uploader = Uploader(aws, stack, "apples")
    uploader.wait(lambda: "Publish" in uploader.ends())
    told = json.loads(uploader.worked()["output"])
    assert told["Configuration"]["Target"] == "label"
    assert bucket.read("data/apples_train.csv") == table(300)
    assert bucket.read("data/apples_test.csv") == table(60, 5000)
    # Nothing of the draft is left, not even as an older version, and its page says so.
    assert versions(bucket, f"drafts/{draft}/") == []
    assert page.get(address).status_code == 404
    assert len([e for e in uploader.ends() if e == "Publish"]) == 1


def test_errors_in_the_check_offer_a_repaired_file_and_no_start(page: TestClient) -> None:
    address = brought(page, {"pears_train.csv": b"a,b\n1,2\n3\n", "pears_test.csv": table(60)})
    text = checked(page, address)
    assert "Repair this first" in text and "/start" not in text
    assert "upload" in words(text)
    # Who sends the form of another page anyway is told.
    assert page.post(f"{address}/start", data={"seen": "0"}).status_code == 400
    answer = page.post(
        f"{address}/files",
        data={"part": "train"},
        files={"files": ("repaired.csv", table(300), "text/csv")},
    )
    assert answer.status_code == 303
    text = checked(page, address)
    assert "The files can be trained on." in text and "/start" in text
    assert "repaired.csv" in text and "pears_train.csv" not in text
    assert page.post(f"{address}/cancel").headers["location"] == "/new"
    assert page.get(address).status_code == 404


def test_one_table_whose_target_nobody_has_named(
    page: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    address = brought(page, {"plums.csv": table(300, target="ripe")})
    text = checked(page, address)
    assert "You have not said which column to predict." in text
    assert "Start: predict ripe" in words(text)
    # Another target is checked anew; a wrong one is said, and stays in the form.
    bad = {"dataset": "plums", "target": "ripe", "minutes": "many"}
    refused = page.post(f"{address}/choose", data=bad)
    assert refused.status_code == 400
    assert "minutes is 'many'" in html.unescape(refused.text) and 'value="many"' in refused.text
    assert "/start" not in refused.text, "a run would not have what the form shows"
    good = bad | {"minutes": "0.5", "metric": "", "leave_out": "number", "dataset": "plums too"}
    assert page.post(f"{address}/choose", data=good).status_code == 303
    text = checked(page, address)
    assert "Trains for up to 30 s." in words(text)
    assert "You have not said" not in text
    old = {"seen": "0" * 64}
    assert "Something has changed" in page.post(f"{address}/start", data=old).text
    assert page.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    keys = {"data/plums too.csv", "data/plums too_settings.txt"}
    uploader = Uploader(aws, stack, "plums too", frozenset(keys))
    uploader.wait(lambda: "Publish" in uploader.ends())
    wish = json.loads(uploader.worked()["output"])["Configuration"]
    assert (wish["Target"], wish["TimeLimitSeconds"]) == ("ripe", 30)
    assert wish["LeaveOut"] == ["number"]
    kept = bucket.read("data/plums too_settings.txt")
    assert kept and b"target = ripe" in kept


def test_a_repaired_half_takes_the_other_from_before(
    page: TestClient, aws: LocalAws, stack: Stack, bucket: Bucket
) -> None:
    uploader = Uploader(aws, stack, "figs", frozenset({"data/figs_settings.txt"}))
    uploader.put("data/figs_settings.txt", "minutes = 0.5\n")
    uploader.upload_pair(table(300).decode(), "nothing here\n")
    uploader.wait(lambda: any(e["status"] == "FAILED" for e in uploader.described()))
    before = len(uploader.executions())
    assert "figs" in page.get("/new", params={"dataset": "figs"}).text
    address = brought(page, {"figs_test (1).csv": table(60, 5000)}, dataset="figs")
    text = checked(page, address)
    assert "from the earlier upload" in text and "figs_train.csv" in text
    assert "Trains for up to 30 s." in words(text)  # the settings of before
    assert page.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    uploader.wait(lambda: "Publish" in uploader.ends())
    # The old train file with the new test file was no run of its own.
    newer = uploader.executions()[before:]
    assert [uploader.states_entered(e)[-1] for e in newer if e["status"] == "FAILED"] == []
    assert uploader.ends().count("Publish") == 1
    assert bucket.read("data/figs_train.csv") == table(300)


def test_a_start_that_was_interrupted_is_done_again(
    page: TestClient,
    aws: LocalAws,
    stack: Stack,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uploader = Uploader(aws, stack, "melons")
    bucket.write("data/melons_train.csv", table(300))
    address = brought(page, {"melons_test.csv": table(60, 5000)}, dataset="melons")
    seen = seen_in(checked(page, address))

    def interrupted(*_: Any) -> None:
        raise CannotDo("The power has failed.")

    monkeypatch.setattr("operate.drafts.start.copy_upload", interrupted)
    assert "The power has failed." in page.post(f"{address}/start", data={"seen": seen}).text
    # The train file, which was in the bucket alone, is not lost.
    assert bucket.read("data/melons_train.csv") is None
    monkeypatch.undo()
    text = checked(page, address)
    assert page.post(f"{address}/start", data={"seen": seen_in(text)}).status_code == 303
    uploader.wait(lambda: "Publish" in uploader.ends())
    assert bucket.read("data/melons_train.csv") == table(300)


def test_two_drafts_of_one_name_do_not_mix(
    page: TestClient, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are started at once: the second one replaces what nobody has seen by then."""
    files = {"quinces_train.csv": table(300), "quinces_test.csv": table(60, 5000)}
    addresses = [brought(page, files) for _ in range(2)]
    forms = [{"seen": seen_in(checked(page, address))} for address in addresses]
    begun: list[str] = []

    def started(bucket: Bucket, name: str, *_: Any) -> None:
        begun.append(name)
        time.sleep(0.5)
        bucket.write(f"data/{name}_test.csv", table(60, 5000))

    monkeypatch.setattr("operate.drafts.drafts.start_tables", started)
    with ThreadPoolExecutor() as pool:
        both = zip(addresses, forms, strict=True)
        posted = [pool.submit(page.post, f"{to}/start", data=form) for to, form in both]
        answers = sorted((each.result() for each in posted), key=lambda each: each.status_code)
    assert begun == ["quinces"]
    assert [answer.status_code for answer in answers] == [303, 400]
    assert "Something has changed" in answers[1].text
    assert "quinces was uploaded before" in words(answers[1].text)
    for address in addresses:
        page.post(f"{address}/cancel")
    bucket.delete("data/quinces_test.csv")


def test_what_aws_refuses_is_told_to_the_script(
    page: TestClient, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(status: int) -> Callable[..., Any]:
        def answer(**_: Any) -> Any:
            said: Any = {
                "Error": {"Code": "AccessDenied", "Message": "Not you."},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(said, "CreateMultipartUpload")

        return answer

    told = {"files": [{"name": "a.csv", "size": 1}]}
    monkeypatch.setattr(bucket.s3, "create_multipart_upload", refused(403))
    answer = page.post("/new/announce", json=told)
    assert answer.status_code == 409 and "Not you." in answer.json()["told"]
    monkeypatch.setattr(bucket.s3, "create_multipart_upload", refused(503))
    assert page.post("/new/announce", json=told).status_code == 502  # and is tried again


def test_a_table_under_the_name_of_a_pair_is_not_started(page: TestClient, bucket: Bucket) -> None:
    bucket.write("data/grapes_test.csv", table(60))
    address = brought(page, {"grapes.csv": table(300)})
    text = checked(page, address)
    assert "grapes is a pair" in words(text) and "/start" not in text
    assert page.post(f"{address}/choose", data={"dataset": "a/b"}).status_code == 400
    page.post(f"{address}/cancel")


def test_names_with_markup_stay_text(page: TestClient) -> None:
    address = brought(page, {HOSTILE: table(60, target="<b>x</b>"), "": b""})
    text = checked(page, address)
    assert "<img" not in text and "<b>x" not in text and "\u202e" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    listed = page.get("/new").text
    assert "<img" not in listed and "\u202e" not in listed
    page.post(f"{address}/cancel")


def test_parts_go_on_where_they_were_interrupted(page: TestClient, bucket: Bucket) -> None:
    content = b"x" * (8 * MIB) + b"y" * 10
    told = {"files": [{"name": "kiwis.csv", "size": len(content), "modified": 5}]}
    begun = page.post("/new/announce", json=told).json()
    [file] = begun["files"]
    address = f"{begun['address']}/files/{file}"
    there = page.get(address).json()
    assert there == {"size": len(content), "part_bytes": 8 * MIB, "parts": {}}
    assert page.put(f"{address}/2", content=content[8 * MIB :]).status_code == 200
    # A reloaded page asks for the same file, and what has arrived is not sent again.
    text = page.get(begun["address"]).text
    assert f'data-file="{file}"' in text and 'data-modified="5"' in text
    assert page.get(address).json()["parts"] == {"2": 10}
    early = page.post(f"{address}/complete")
    assert early.status_code == 409 and "Only 10 of 8,388,618 bytes" in early.json()["told"]
    assert page.put(f"{address}/1", content=content[: 8 * MIB]).status_code == 200
    too_long = page.put(f"{address}/1", content=content)
    assert too_long.status_code == 409
    assert page.post(f"{address}/complete").status_code == 200
    assert page.post(f"{address}/complete").status_code == 200
    draft = begun["address"].rpartition("/")[2]
    assert bucket.read(f"drafts/{draft}/{file}") == content
    page.post(f"{begun['address']}/cancel")
    assert versions(bucket, f"drafts/{draft}/") == []
    assert page.put(f"{address}/1", content=b"x").status_code == 409


def test_an_upload_that_is_gone_begins_anew(page: TestClient, bucket: Bucket) -> None:
    told = {"files": [{"name": "pears.csv", "size": 8 * MIB + 3}]}
    begun = page.post("/new/announce", json=told).json()
    address = f"{begun['address']}/files/{begun['files'][0]}"
    assert page.put(f"{address}/1", content=b"x" * 8 * MIB).status_code == 200
    for gone in bucket.s3.list_multipart_uploads(Bucket=bucket.name)["Uploads"]:
        bucket.s3.abort_multipart_upload(
            Bucket=bucket.name, Key=gone["Key"], UploadId=gone["UploadId"]
        )
    assert page.put(f"{address}/2", content=b"xyz").status_code == 409
    assert page.post(f"{address}/complete").status_code == 409
    assert page.get(address).json()["parts"] == {}
    for number, content in ((1, b"x" * 8 * MIB), (2, b"xyz")):
        assert page.put(f"{address}/{number}", content=content).status_code == 200
    assert page.post(f"{address}/complete").status_code == 200
    # Another tab that sends the same file finds it whole, and makes it once more.
    assert page.get(address).json()["parts"] == {"1": 8 * MIB, "2": 3}
    assert page.post(f"{address}/complete").status_code == 200
    page.post(f"{begun['address']}/cancel")


def test_a_cancelled_upload_leaves_no_parts(page: TestClient, bucket: Bucket) -> None:
    told = {"files": [{"name": "limes.csv", "size": 9 * MIB}]}
    begun = page.post("/new/announce", json=told).json()
    page.put(f"{begun['address']}/files/{begun['files'][0]}/1", content=b"x" * 8 * MIB)
    assert bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")
    page.post(f"{begun['address']}/cancel")
    assert not bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"files": []}, "Choose one file, or the two of a pair."),
        ({"files": [{"name": "a", "size": 0}]}, "The file is empty."),
        ({"files": [{"name": "a", "size": 6 * 1024**4}]}, "larger than S3 takes"),
        ({"files": [{"name": "a", "size": 1}] * 3}, "Choose one file, or the two of a pair."),
        ({"files": [{"size": 1}]}, "can't be read"),
        ([], "can't be read"),
    ],
)
def test_what_can_not_be_brought_is_said(page: TestClient, sent: Any, why: str) -> None:
    answer = page.post("/new/announce", json=sent)
    assert answer.status_code == 409 and why in answer.json()["told"]


def test_forms_that_break_off_leave_nothing(page: TestClient, bucket: Bucket) -> None:
    before = set(bucket.keys("drafts/"))
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    whole = head + table(50) + b"\r\n" + head.replace(b"a.csv", b"b.csv") + table(50)
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (whole, head, b"--x", b""):
        assert page.post("/new", content=body, headers=kind).status_code == 502
    assert page.post("/new", content=b"a=b").status_code == 502
    assert set(bucket.keys("drafts/")) == before
    assert not bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


def test_which_file_is_which_is_seen_from_names_and_can_be_changed(
    page: TestClient, drafts: Drafts
) -> None:
    for names, parts in (
        (["a_test.csv", "b.csv"], ["test", "train"]),
        (["학습.csv", "c.csv"], ["train", "test"]),
        (["small.csv", "large.csv"], ["test", "train"]),
        (["one.csv"], ["whole"]),
        (["one_train.csv"], ["train"]),
    ):
        draft = drafts.begin([Announced(n, 1 + (n == "large.csv")) for n in names])
        assert [file.part for file in draft.files] == parts, names
        address = f"/new/{draft.id}"
        first = draft.files[0].id
        other = {"train": "test", "test": "train", "whole": "train"}[parts[0]]
        page.post(f"{address}/part", data={"file": first, "part": other})
        now = drafts.view(draft.id).draft
        assert now.files[0].part == other
        assert len({file.part for file in now.files}) == len(names)
        page.post(f"{address}/part", data={"file": first, "part": "nonsense"})
        drafts.cancel(draft.id)


def test_no_setting_becomes_another_one(place: Place) -> None:
    stack = stack_wish(place)
    for target in ("a\nminutes = 1", "a\u2028b", "a\x85b"):
        with pytest.raises(CannotDo):
            chosen_by(stack, {"target": target})
    for name in ("plain", "a, b", '"quoted"', " blank ", "# hash", "a = b", "이름"):
        texts = {"target": column_as_text(name)}
        assert chosen_by(stack, texts).wish.target == name.strip()
        assert texts_of_file(file_of_settings(texts), "f") == texts


def test_parts_are_few_enough_for_s3_at_any_size() -> None:
    for size in (1, 8 * MIB, 100 * 1024**3, 5 * 1024**4):
        part = part_bytes_for(size)
        assert part >= 5 * MIB and -(-size // part) <= 10_000


@pytest.mark.parametrize(
    ("draft_id", "content"),
    [
        ("20261127T090000-aaaaaaaaaaaa", b"{}"),
        ("20261127T090000-aaaaaaaaaaaa", b"\xff"),
        ("20261127T090000-aaaaaaaaaaaa", b'{"dataset": 5, "files": [], "settings": []}'),
        ("20261127T090000-aaaaaaaaaaaa", b'{"dataset": "", "files": [], "settings": [["x", "y"]]}'),
        ("20261127T090000-aaaaaaaaaaaa", b'{"dataset": "", "files": [{"id": 1}], "settings": []}'),
        ("99999999T999999-aaaaaaaaaaaa", b'{"dataset": "", "files": [], "settings": []}'),
    ],
)
def test_what_is_no_draft_hides_none(
    page: TestClient, bucket: Bucket, draft_id: str, content: bytes
) -> None:
    key = f"drafts/{draft_id}/draft.json"
    bucket.write(key, content)
    answer = page.get("/new")
    there = page.get(f"/new/{draft_id}")
    bucket.delete(key)
    assert (answer.status_code, there.status_code) == (200, 404)


def test_sample_data_is_one_click_away(page: TestClient) -> None:
    answer = page.post("/new/sample")
    text = checked(page, answer.headers["location"])
    assert "426 rows to train on, 143 rows to test with." in words(text)
    assert "Start: predict label" in words(text)
    page.post(f"{answer.headers['location']}/cancel")


def test_a_check_ends_with_its_draft(page: TestClient, drafts: Drafts) -> None:
    address = brought(page, {"nuts.csv": table(300)})
    draft_id = address.rpartition("/")[2]
    assert drafts.view(draft_id).state
    [check] = drafts._checks._checks.values()
    drafts.cancel(draft_id)
    wait(lambda: check.process is None or check.process.poll() is not None)
    assert drafts._checks.latest(draft_id) is None
