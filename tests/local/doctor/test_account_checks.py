"""The account and region, examined: every check passing, and failing."""

from dataclasses import replace

import pytest
from moto.s3.models import s3_backends

from lambdas.instances.catalog import Catalog
from local.aws import REGION
from local.gaps.awslambda import function_limits
from local.gaps.servicequotas import job_quotas
from operate.doctor.finding import Finding, looked_into
from tests.local.doctor.ward import CHECKS, Ward, fails


def test_a_region_that_the_template_is_not_for_is_told(ward: Ward) -> None:
    assert ward.found("region").mark == "✓"
    account = replace(ward.patient().account, region="us-gov-west-1")
    patient = replace(ward.patient(), account=account)
    assert fails(looked_into(CHECKS["region"], patient), "us-gov-west-1", "eu-west-1")
    for check in ("container image", "pandas layer", "workflow"):
        finding = looked_into(CHECKS[check], patient)
        assert finding == Finding("–", "The template has no entry for us-gov-west-1.")


def test_an_image_that_is_not_published_is_found(ward: Ward) -> None:
    assert ward.found("container image").mark == "✓"
    image = ward.template.images[0]["Fn::Sub"][0]
    repository, _, tag = image.rpartition("/")[2].partition(":")
    no_tag = ward.with_text(f"{repository}:{tag}", f"{repository}:0.0")
    assert fails(ward.found("container image", no_tag), f"{repository}:0.0", "ImageNotFound")
    no_repository = ward.with_text(f"{repository}:{tag}", f"nowhere:{tag}")
    assert fails(ward.found("container image", no_repository), "no repository nowhere")


def test_a_layer_that_is_not_there_is_found(ward: Ward) -> None:
    [layer] = [n for n in ward.found("pandas layer").found.split() if n.startswith("AWSSDK")]
    assert ward.found("pandas layer").mark == "✓"
    gone = ward.with_text(layer, f"{layer}99")
    assert fails(ward.found("pandas layer", gone), f"{layer}99 does not exist")


def test_prices_that_are_not_listed_are_told(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "88 instance types" in ward.found("prices").found
    nothing = Catalog((), 0.0, "none")
    monkeypatch.setattr("local.gaps.pricing.price_list.snapshot_catalog", lambda _: nothing)
    finding = ward.found("prices")
    assert finding.mark == "–" and "no Training prices" in finding.found


def test_a_quota_of_nothing_is_told_with_what_a_run_would_take(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlisted = ward.found("quotas")
    assert unlisted.mark == "–"
    train, evaluate = [n for n in unlisted.found.replace(",", "").split() if n.startswith("ml.")]
    quotas = {
        f"{train} for training job usage": 2,
        f"{evaluate} for processing job usage": 1,
    }
    assert "for spot training job usage" in ward.found("quotas", SpotTraining="true").found
    monkeypatch.setattr(job_quotas, "quotas", quotas)
    assert ward.found("quotas").mark == "✓"
    quotas[f"{train} for training job usage"] = 0
    assert fails(ward.found("quotas"), train, "Until then, runs use", "Service Quotas")
    quotas.update({f"{train} for training job usage": 2, f"{evaluate} for processing job usage": 0})
    assert fails(ward.found("quotas"), evaluate)


def test_a_budget_that_nothing_is_within_is_told(ward: Ward) -> None:
    assert fails(ward.found("quotas", TrainingCost="0.01"), "--param TrainingCost")


def test_a_bucket_name_is_free_taken_or_the_stacks(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(bucket: str) -> Finding:
        said = {"BucketName": bucket} if bucket else {}
        return looked_into(CHECKS["bucket"], replace(ward.patient(name="none"), said=said))

    assert ward.found("bucket").mark == "✓"
    assert named("nobody-has-it").mark == "✓"
    assert named("").mark == "–"
    assert fails(named(ward.stack.bucket), "You already have", "--bucket")
    s3_backends["999999999999"]["aws"].create_bucket("somebody-has-it", REGION)
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    assert fails(named("somebody-has-it"), "taken, by another account")


def test_a_stacks_bucket_is_not_renamed_nor_the_stack_destroyed_for_it(ward: Ward) -> None:
    finding = ward.found("bucket", BucketName="nobody-has-it")
    assert fails(finding, ward.stack.bucket, "can't be renamed", "Omit --bucket")
    assert "destroy" not in finding.remedy


def test_a_value_that_only_a_foreign_stack_can_have_ends_nothing(ward: Ward) -> None:
    finding = ward.found("quotas", TrainingMinutes="soon")
    assert finding.mark == "–" and "ValueError" in finding.found


def test_a_limit_on_functions_that_is_too_low_is_told(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What other tests' stacks in this process have reserved must not count.
    account = ward.account.client("lambda").get_account_settings()["AccountLimit"]
    at_once = 2 * account["ConcurrentExecutions"] - account["UnreservedConcurrentExecutions"]
    monkeypatch.setitem(function_limits.limits, "ConcurrentExecutions", at_once)
    assert ward.found("concurrency") == Finding("✓", f"{at_once} functions can run at once.")
    monkeypatch.setitem(function_limits.limits, "ConcurrentExecutions", 10)
    new_account = ward.found("concurrency")
    assert new_account.mark == "✓" and "Request 1,000" in new_account.remedy
    monkeypatch.setitem(function_limits.limits, "ConcurrentExecutions", 5)
    assert fails(ward.found("concurrency"), "too few")
