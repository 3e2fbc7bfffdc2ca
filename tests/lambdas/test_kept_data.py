"""What lies in runs/ is taken for what it should be only where it has that form."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from lambdas.bucket.bucket import Bucket
from lambdas.errors import KeptDataBroken
from lambdas.runs.claim import Claim, claim_from_state, mark_claim_as_waiting, take_claim
from lambdas.uploads.pair import Pair, Upload, pair_from_json, read_pair

PAIR = Pair("a", Upload("data/a_train.csv", "e", "v", 1, 2), Upload("data/a_test.csv", "e", "v", 1))
CLAIM = Claim("arn", "run", "v1 v2")
GARBAGE = [
    *(b"", b"{", b"\xff", b"5", b"[]", b"null", b"{}", b"[" * 100_000),
    *(b'{"execution": 5}', b'{"name": "a", "train": {}, "test": 5}'),
    *(PAIR.to_json().replace('"a"', name).encode() for name in ('"../x"', '""', "5", "null")),
    *(PAIR.to_json().replace('"size": 1', size).encode() for size in ('"size": "1"', '"big": 1')),
]


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield Bucket("bucket", client)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_a_claim_or_a_pair_fails_in_words(bucket: Bucket, garbage: bytes) -> None:
    for key in ("runs/claims/i.json", "runs/r/pair.json"):
        bucket.write(key, garbage)
    states = boto3.client("stepfunctions", region_name="us-east-1")
    for read in (
        lambda: take_claim(bucket, states, "i", CLAIM),
        lambda: mark_claim_as_waiting(bucket, "i", CLAIM),
        lambda: read_pair(bucket, "r"),
    ):
        with pytest.raises(KeptDataBroken, match="Upload one of the two files again"):
            read()


def test_what_was_written_is_read_back() -> None:
    assert pair_from_json(PAIR.to_json()) == PAIR


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_value_in_a_pairs_field_is_refused(value: object) -> None:
    fields = json.loads(PAIR.to_json())
    with pytest.raises(KeptDataBroken):
        pair_from_json(json.dumps(fields | {"train": value}))


def test_a_claim_of_before_there_were_predictions_is_still_understood(bucket: Bucket) -> None:
    older = {"execution": "arn", "run": "run", "train_version": "v1", "test_version": "v2"}
    bucket.write("runs/claims/i.json", json.dumps({**older, "waits": False}).encode())
    states = boto3.client("stepfunctions", region_name="us-east-1")
    assert take_claim(bucket, states, "i", CLAIM).claim == CLAIM
    fields: Any = {"Identity": "i", "Execution": "arn", "Run": "run"}
    in_state = fields | {"TrainVersion": "v1", "TestVersion": "v2", "SettingsVersion": ""}
    assert claim_from_state(in_state) == CLAIM
