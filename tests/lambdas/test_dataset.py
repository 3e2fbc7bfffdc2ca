"""Names: any that S3 and a file name allow, and what SageMaker's job names can take of them."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.errors import PairRejected, UploadMisnamed
from lambdas.runs.execution import Execution
from lambdas.uploads.dataset import Part, dataset_named
from lambdas.uploads.key import dataset_of, file_of

# API reference, TrainingJobName.
JOB_NAME = re.compile(r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")


@pytest.mark.parametrize("name", ["titanic", "my_data", "my data_v1.2", "a_train.csv", "타이타닉"])
def test_both_keys_belong_to_the_same_name(name: str) -> None:
    dataset = dataset_of(f"data/{name}_train.csv")
    assert dataset.name == name
    assert dataset == dataset_of(f"data/{name}_test.csv")
    assert dataset == dataset_of(f"data/{name}_test.csv.gz")
    assert dataset.key(Part.TRAIN) == f"data/{name}_train.csv"
    assert dataset.key(Part.TEST) == f"data/{name}_test.csv"


@pytest.mark.parametrize("ending", ["_train.CSV", "_Train.csv", "_TRAIN.csv.GZ", "_tRaIn.Csv.gz"])
def test_the_ending_may_be_written_in_any_case_and_the_name_may_not(ending: str) -> None:
    half = file_of(f"data/Titanic{ending}")
    assert (half.dataset.name, half.part) == ("Titanic", Part.TRAIN)
    assert half.dataset != dataset_of(f"data/titanic{ending}")


@pytest.mark.parametrize("name", ["한글 데이터", "éÅ", "ﾃﾞｰﾀ", "ệ"])
def test_the_forms_of_one_name_are_one_dataset(name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert dataset_of(f"data/{decomposed}_test.csv") == dataset_of(f"data/{composed}_test.csv")
    assert dataset_named(decomposed).name == composed


def test_letters_that_only_look_alike_are_no_ending() -> None:
    for ending in ("_te\u017ft.csv", "_test.c\u017fv", "_train.csv\u0301"):
        with pytest.raises(UploadMisnamed):
            file_of(f"data/a{ending}")


@pytest.mark.parametrize(
    "key",
    ["data/_train.csv", "data/a/b_train.csv", "data/a\n_test.csv", "data/x.txt", "x_test.csv"],
)
def test_a_key_that_cannot_be_used_is_explained(key: str) -> None:
    with pytest.raises(UploadMisnamed):
        dataset_of(key)


FILES = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["가" * 70, "e\u0301" * 90]
)
KEYS = st.one_of(
    st.text(st.characters(codec=None)),
    st.builds("data/{}".format, FILES),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["data/", "data/", "data/x/", "Data/", ""]),
        FILES,
        st.sampled_from(
            ["_train.csv", "_Test.CSV.gz", "_train (1).csv", "train.csv", ".xlsx", "/"]
        ),
    ),
)


@given(KEYS)
@example("data/\ud800_train.csv")
@example("data/._a_train.csv")
@example("data/\u212bngstro\u0308m_TRAIN.csv")
def test_any_key_is_a_half_with_a_name_in_one_form_or_is_rejected_in_words(key: str) -> None:
    try:
        half = file_of(key)
    except UploadMisnamed as rejected:
        told = str(rejected)
        assert told.isprintable() and told.endswith(".") and " was not used: " in told
        return
    name = half.dataset.name
    assert unicodedata.is_normalized("NFC", name) and dataset_named(name) == half.dataset
    for form in ("NFC", "NFD"):
        assert file_of(unicodedata.normalize(form, half.dataset.key(half.part))) == half


def test_a_name_too_long_for_file_names_is_rejected() -> None:
    with pytest.raises(PairRejected, match="201 bytes long, and at most 200"):
        dataset_named("가" * 67)
    assert dataset_named(unicodedata.normalize("NFD", "가" * 66)).name == "가" * 66


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
