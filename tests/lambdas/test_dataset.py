"""Names: any that S3 and a file name allow, and what SageMaker's job names can take of them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.errors import PairRejected
from lambdas.runs.execution import Execution
from lambdas.uploads.dataset import dataset_named, dataset_of

# API reference, TrainingJobName.
JOB_NAME = re.compile(r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")


@pytest.mark.parametrize("name", ["titanic", "my_data", "my data_v1.2", "a_train.csv", "타이타닉"])
def test_both_keys_belong_to_the_same_name(name: str) -> None:
    dataset = dataset_of(f"data/{name}_train.csv")
    assert dataset.name == name
    assert dataset == dataset_of(f"data/{name}_test.csv")
    assert dataset == dataset_of(f"data/{name}_test.csv.gz")
    assert dataset.train_keys == [f"data/{name}_train.csv", f"data/{name}_train.csv.gz"]
    assert dataset.test_keys == [f"data/{name}_test.csv", f"data/{name}_test.csv.gz"]


@pytest.mark.parametrize(
    "key",
    ["data/_train.csv", "data/a/b_train.csv", "data/a\n_test.csv", "data/x.csv", "x_test.csv"],
)
def test_a_key_that_cannot_be_used_is_explained(key: str) -> None:
    with pytest.raises(PairRejected):
        dataset_of(key)


def test_a_name_too_long_for_file_names_is_rejected() -> None:
    with pytest.raises(PairRejected, match="Shorten it"):
        dataset_named("가" * 67)


@given(
    st.text(min_size=1, max_size=60),
    st.integers(0, 9999),
    st.integers(0, 9999),
    st.integers(0, 999),
)
@example("a name that is long", 10, 10, 100)
@example("a name that is long", 9999, 9999, 999)
def test_job_names_keep_sagemakers_rules_whatever_the_name(
    name: str, attempt: int, redrives: int, retries: int
) -> None:
    try:
        slug = dataset_named(name).job_slug
    except PairRejected:
        return
    run = Execution("arn:aws:states:x", "2026-11-23T23:09:11.123Z").run
    for step in ("train", "evaluate"):
        job_name = f"codefree-{slug}-{run}-{step}-{attempt}-{redrives}-{retries}"
        assert len(job_name) <= 63 and JOB_NAME.match(job_name), job_name


def test_a_run_is_named_after_its_execution_alone() -> None:
    first, again, other = (
        Execution("arn:1", "2026-11-23T23:09:11.123Z"),
        Execution("arn:1", "2026-11-23T23:09:11.123Z"),
        Execution("arn:2", "2026-11-23T23:09:11.123Z"),
    )
    assert first.run == again.run != other.run
    assert first.run.startswith("20261123-230911-")
