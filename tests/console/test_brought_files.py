"""Files that are brought for a run: in parts or as a form, gone on with, cancelled, changed."""

import json
import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from lambdas.bucket.bucket import Bucket
from operate.account import CannotDo
from operate.drafts.drafts import Drafts
from operate.drafts.part_upload import part_bytes_for
from operate.drafts.parts import Announced
from operate.drafts.settings import chosen_by, column_as_text, file_of_settings, texts_of_file
from operate.drafts.stack_wish import stack_wish
from operate.place import Place
from tests.console.bringing import brought, checked, table, versions
from tests.console.reading import words
from tests.waiting import wait_until

MIB = 1024**2
HOSTILE = "<img src=x onerror=alert(1)>\u202e.csv"


def test_names_with_markup_stay_text(pages: TestClient) -> None:
    address = brought(pages, {HOSTILE: table(60, target="<b>x</b>"), "": b""})
    text = checked(pages, address)
    assert "<img" not in text and "<b>x" not in text and "\u202e" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    listed = pages.get("/new").text
    assert "<img" not in listed and "\u202e" not in listed
    pages.post(f"{address}/cancel")


def test_parts_go_on_where_they_were_interrupted(pages: TestClient, bucket: Bucket) -> None:
    content = b"x" * (8 * MIB) + b"y" * 10
    told = {"files": [{"name": "kiwis.csv", "size": len(content), "modified": 5}]}
    begun = pages.post("/new/announce", json=told).json()
    [file] = begun["files"]
    address = f"{begun['address']}/files/{file}"
    there = pages.get(address).json()
    assert there == {"size": len(content), "part_bytes": 8 * MIB, "parts": {}}
    assert pages.put(f"{address}/2", content=content[8 * MIB :]).status_code == 200
    # A reloaded page asks for the same file, and what has arrived is not sent again.
    text = pages.get(begun["address"]).text
    assert f'data-file="{file}"' in text and 'data-modified="5"' in text
    assert pages.get(address).json()["parts"] == {"2": 10}
    early = pages.post(f"{address}/complete")
    assert early.status_code == 409 and "Only 10 of 8,388,618 bytes" in early.json()["told"]
    assert pages.put(f"{address}/1", content=content[: 8 * MIB]).status_code == 200
    too_long = pages.put(f"{address}/1", content=content)
    assert too_long.status_code == 409
    assert pages.post(f"{address}/complete").status_code == 200
    assert pages.post(f"{address}/complete").status_code == 200
    draft = begun["address"].rpartition("/")[2]
    assert bucket.read(f"drafts/{draft}/{file}") == content
    pages.post(f"{begun['address']}/cancel")
    assert versions(bucket, f"drafts/{draft}/") == []
    assert pages.put(f"{address}/1", content=b"x").status_code == 409


def test_an_upload_that_is_gone_begins_anew(pages: TestClient, bucket: Bucket) -> None:
    told = {"files": [{"name": "pears.csv", "size": 8 * MIB + 3}]}
    begun = pages.post("/new/announce", json=told).json()
    address = f"{begun['address']}/files/{begun['files'][0]}"
    assert pages.put(f"{address}/1", content=b"x" * 8 * MIB).status_code == 200
    for gone in bucket.s3.list_multipart_uploads(Bucket=bucket.name)["Uploads"]:
        bucket.s3.abort_multipart_upload(
            Bucket=bucket.name, Key=gone["Key"], UploadId=gone["UploadId"]
        )
    assert pages.put(f"{address}/2", content=b"xyz").status_code == 409
    assert pages.post(f"{address}/complete").status_code == 409
    assert pages.get(address).json()["parts"] == {}
    for number, content in ((1, b"x" * 8 * MIB), (2, b"xyz")):
        assert pages.put(f"{address}/{number}", content=content).status_code == 200
    assert pages.post(f"{address}/complete").status_code == 200
    # Another tab that sends the same file finds it whole, and makes it once more.
    assert pages.get(address).json()["parts"] == {"1": 8 * MIB, "2": 3}
    assert pages.post(f"{address}/complete").status_code == 200
    pages.post(f"{begun['address']}/cancel")


def test_a_cancelled_upload_leaves_no_parts(pages: TestClient, bucket: Bucket) -> None:
    told = {"files": [{"name": "limes.csv", "size": 9 * MIB}]}
    begun = pages.post("/new/announce", json=told).json()
    pages.put(f"{begun['address']}/files/{begun['files'][0]}/1", content=b"x" * 8 * MIB)
    assert bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")
    pages.post(f"{begun['address']}/cancel")
    assert not bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"files": []}, "Choose one file, or the two of a pair."),
        ({"files": [{"name": "a", "size": 0}]}, "The file is empty."),
        ({"files": [{"name": "a", "size": 6 * 1024**4}]}, "larger than S3 takes"),
        ({"files": [{"name": "a", "size": 1}] * 3}, "Choose one file, or the two of a pair."),
        ({"files": [{"size": 1}]}, "can't be read"),
        ({"files": [{"name": "a", "size": math.inf}]}, "can't be read"),
        ({"files": [{"name": "a", "size": -1}]}, "can't be read"),
        ({"files": [{"name": "a", "size": 1, "modified": 1e300}]}, "can't be read"),
        ([], "can't be read"),
    ],
)
def test_what_can_not_be_brought_is_said(pages: TestClient, sent: Any, why: str) -> None:
    answer = pages.post("/new/announce", content=json.dumps(sent))
    assert answer.status_code == 409 and why in answer.json()["told"]


def test_a_further_file_that_is_not_told_of_is_no_failure(pages: TestClient) -> None:
    begun = pages.post("/new/announce", json={"files": [{"name": "a.csv", "size": 9}]}).json()
    for sent in ("{}", '{"files": []}', '{"files": 7}', "[" * 20_000):
        answer = pages.post(f"{begun['address']}/announce", content=sent)
        assert answer.status_code == 409 and "can't be read" in answer.json()["told"]
    pages.post(f"{begun['address']}/cancel")


def test_forms_that_break_off_leave_nothing(pages: TestClient, bucket: Bucket) -> None:
    before = set(bucket.keys("drafts/"))
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    whole = head + table(50) + b"\r\n" + head.replace(b"a.csv", b"b.csv") + table(50)
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (whole, head, b"--x", b""):
        assert pages.post("/new", content=body, headers=kind).status_code == 502
    assert pages.post("/new", content=b"a=b").status_code == 502
    assert set(bucket.keys("drafts/")) == before
    assert not bucket.s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


def test_which_file_is_which_is_seen_from_names_and_can_be_changed(
    pages: TestClient, drafts: Drafts
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
        pages.post(f"{address}/part", data={"file": first, "part": other})
        now = drafts.view(draft.id).draft
        assert now.files[0].part == other
        assert len({file.part for file in now.files}) == len(names)
        pages.post(f"{address}/part", data={"file": first, "part": "nonsense"})
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
    pages: TestClient, bucket: Bucket, draft_id: str, content: bytes
) -> None:
    key = f"drafts/{draft_id}/draft.json"
    bucket.write(key, content)
    answer = pages.get("/new")
    there = pages.get(f"/new/{draft_id}")
    bucket.delete(key)
    assert (answer.status_code, there.status_code) == (200, 404)


def test_sample_data_is_one_click_away(pages: TestClient) -> None:
    answer = pages.post("/new/sample")
    text = checked(pages, answer.headers["location"])
    assert "426 rows to train on, 143 rows to test with." in words(text)
    assert "Start: predict label" in words(text)
    pages.post(f"{answer.headers['location']}/cancel")


def test_a_check_ends_with_its_draft(pages: TestClient, drafts: Drafts) -> None:
    address = brought(pages, {"nuts.csv": table(300)})
    draft_id = address.rpartition("/")[2]
    assert drafts.view(draft_id).state
    [check] = drafts._checks._checks.values()
    drafts.cancel(draft_id)
    wait_until(lambda: check.process is None or check.process.poll() is not None)
    assert drafts._checks.latest(draft_id) is None
