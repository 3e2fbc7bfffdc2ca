"""What Publish makes of a finished run: of one of today, and of one that began before."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.models.registry import list_models
from lambdas.publish import Registry, publish
from lambdas.uploads.pair import Pair, Upload, keep_pair
from tests.lambdas.models.registered import BUCKET, IMAGE, STACK, bucket_and_registry
from tests.lambdas.picked_run import picked

RUN = "20261124-080000-abcdef"
FOLDER = f"results/a/{RUN}/"
METRICS = {"eval_metric": "f1", "score": 0.123456789, "report": "a_report.html", "notes": []}
PAGE = "<p><!-- approval --><!-- /approval --></p>"


@pytest.fixture
def services() -> Iterator[tuple[Bucket, Any]]:
    with bucket_and_registry() as (bucket, sagemaker):
        bucket.write(f"{FOLDER}metrics.json", json.dumps(METRICS).encode())
        bucket.write(f"{FOLDER}a_report.html", PAGE.encode())
        yield bucket, sagemaker


def finished(**changed: Any) -> Any:
    state: Any = picked()
    run = state["Run"] | {"Results": f"s3://{BUCKET}/results/a/{RUN}", "CodeETag": '"code"'}
    return state | {
        "Run": run,
        "Check": {"Report": "", "Warnings": []},
        "Training": {"JobName": "job-1", "Status": "Completed"},
        "Evaluation": {"JobName": "job-2", "Status": "Completed"},
        "Model": {"Key": "", "VersionId": "", "Bytes": 1, "Sha256": "a" * 64},
        **changed,
    }


def published(services: tuple[Bucket, Any], state: Any) -> Any:
    return publish(state, *services, Registry(STACK, IMAGE))


def test_a_run_s_model_is_registered_with_what_it_was_made_of(services: Any) -> None:
    bucket, sagemaker = services
    train, test = (Upload(f"data/a_{p}.csv", f'"{p}"', f"v-{p}", 1) for p in ("train", "test"))
    keep_pair(bucket, RUN, Pair("a", train, test))
    first = published(services, finished())
    assert first["Approval"]["Status"] == "Approved"
    assert published(services, finished()) == first
    [model] = list_models(sagemaker, STACK, "a")
    page = bucket.read(f"{FOLDER}a_report.html")
    assert page == f"<p><!-- approval -->{first['Approval']['Text']}<!-- /approval --></p>".encode()
    found = sagemaker.describe_model_package(ModelPackageName=model.package_arn)
    statistics = found["ModelMetrics"]["ModelQuality"]["Statistics"]
    digest = hashlib.sha256(json.dumps(METRICS).encode()).hexdigest()
    assert statistics["ContentDigest"] == f"sha256:{digest}"


def test_the_digests_of_uploads_and_code_are_among_the_facts(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, _ = services
    table = Upload("data/a.csv", '"table"', "v-table", 1)
    keep_pair(bucket, RUN, Pair("a", table, table))
    told: dict[str, Any] = {}

    def decide(_bucket: Bucket, _sagemaker: Any, new: Any, compared: object) -> Any:
        told.update(new.facts, compared=compared)
        return {"Version": 1, "Status": "Approved", "Text": ""}

    monkeypatch.setattr("lambdas.publish.register_and_decide", decide)
    published(services, finished())
    assert told == {
        "model-sha256": "a" * 64,
        "metric": "f1",
        "score": "0.123457",
        "code-etag": "code",
        "train-etag": "table",
        "train-version": "v-table",
        "test-etag": "table",
        "test-version": "v-table",
        "compared": None,
    }


def test_a_run_of_before_there_were_digests_is_not_registered(services: Any) -> None:
    state = finished()
    del state["Model"], state["Run"]["CodeETag"]
    assert "Approval" not in published(services, state)
    assert not services[1].list_model_package_groups()["ModelPackageGroupSummaryList"]


def test_a_run_that_began_before_there_was_a_registry_is_registered(services: Any) -> None:
    state = finished()
    del state["Run"]["CodeETag"]
    assert published(services, state)["Approval"]["Status"] == "Approved"
