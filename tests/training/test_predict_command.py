"""``codefree predict``: from a folder, a file or a bucket, and only with one's own model."""

import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.bucket.layout import digest_key, model_key, results_folder
from lambdas.models.registry import approve_model, register_model
from tests.lambdas.models.registered import new_model
from tests.training.jobs import FAST, Results, Trained
from tests.training.new_rows import added_columns, fields_of
from tests.training.replaced_model import replaced_model

RUN = "20261127-000000-abc123"
JOB = f"codefree-{RUN}-train-0-0-0"
BUCKET = "bucket-for-models"
STACK = json.dumps(
    {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"BucketName": {"Value": BUCKET}},
    }
)


@pytest.fixture
def rows(tmp_path: Path, binary: Trained) -> Path:
    path = tmp_path / "새 환자.csv"
    path.write_bytes(binary.write(binary.test))
    return path


@pytest.fixture
def folder(tmp_path: Path, binary: Trained) -> Path:
    """A run's results folder, as it is downloaded or as local mode writes it."""
    folder = tmp_path / "results" / "암 데이터" / RUN
    (folder / JOB / "output").mkdir(parents=True)
    shutil.copy(binary.archive, folder / JOB / "output" / "model.tar.gz")
    return folder


@pytest.fixture
def cloud(binary: Trained, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with a stack, and a sealed model that is registered and approved."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3, sagemaker = boto3.client("s3"), boto3.client("sagemaker")
        boto3.client("cloudformation").create_stack(StackName="codefree", TemplateBody=STACK)
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        key = model_key(results_folder("cancer", RUN), JOB)
        s3.upload_file(str(binary.archive), BUCKET, key)
        digest = json.dumps({"Key": key, "Sha256": binary.sha256})
        s3.put_object(Bucket=BUCKET, Key=digest_key(RUN, JOB), Body=digest.encode())
        model = register_model(sagemaker, new_model(RUN, "cancer", job=JOB))
        approve_model(sagemaker, "codefree", model, "the first one")
        yield s3


def predict(*words: object, tmp_path: Path) -> tuple[int, str]:
    command = ["predict", *map(str, words), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, command, env={"COLUMNS": "200"})
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture
def nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any, **__: Any) -> None:
        pytest.fail("the model would have been loaded")

    monkeypatch.setattr(subprocess, "run", run)


def test_a_results_folder_predicts_as_its_run_did(
    tmp_path: Path, rows: Path, folder: Path, binary: Trained, binary_results: Results
) -> None:
    before = rows.read_bytes()
    code, told = predict(folder, rows, "--sha256", binary.sha256, tmp_path=tmp_path)
    assert code == 0, told
    assert rows.read_bytes() == before
    made = tmp_path / "새 환자_predictions.csv"
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(fields_of(made)) == added_columns(expected)
    assert f"암 데이터 {RUN}, which predicts “label”, made by AutoGluon" in told
    assert f"was predicted for {len(binary.test)} rows: “양성” for" in told
    assert "with a true value, F1 is" in told and "95% confidence interval" in told
    assert str(made) in told
    page = made.with_suffix(".html").read_text(encoding="utf-8")
    assert f'href="{"%EC%83%88%20%ED%99%98%EC%9E%90_predictions.csv"}"' in page
    assert "nothing was charged" in page and "Not known to the job" not in page
    left = {path.name for path in tmp_path.iterdir()} - {"home", "results", rows.name}
    assert left == {made.name, f"{made.stem}.html"}


@pytest.mark.usefixtures("cloud")
def test_the_approved_model_of_a_dataset_comes_from_the_bucket(
    tmp_path: Path, rows: Path, binary_results: Results
) -> None:
    out = tmp_path / "new" / "b.csv"
    code, told = predict("cancer", rows, "--out", out, tmp_path=tmp_path)
    assert code == 0, told
    expected = fields_of(binary_results.folder / "a_test_prediction.csv")
    assert added_columns(fields_of(out)) == added_columns(expected)
    assert f"cancer {RUN}" in told


@pytest.mark.parametrize(
    "words", [["cancer"], [RUN], ["cancer", "--model", RUN], ["cancer", "--model", "1"]]
)
@pytest.mark.usefixtures("nothing_is_run")
def test_a_replaced_model_in_the_bucket_is_not_loaded(
    words: list[str], cloud: Any, tmp_path: Path, rows: Path
) -> None:
    replaced = replaced_model(tmp_path / "model.tar.gz", tmp_path / "ran")
    key = model_key(results_folder("cancer", RUN), JOB)
    with tarfile.open(replaced) as packed:
        assert packed.getnames()
    cloud.upload_file(str(_with_json(replaced, tmp_path / "told.tar.gz")), BUCKET, key)
    code, told = predict(words[0], rows, *words[1:], tmp_path=tmp_path)
    assert code == 1
    assert "is not the model that the training made" in told
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("nothing_is_run")
def test_what_is_not_there_is_said(cloud: Any, tmp_path: Path, rows: Path) -> None:
    for name, words in {
        "titanic": "There is no file or folder titanic here, and no dataset of that name",
        "20260101-000000-abc": "There is no model of the run 20260101-000000-abc",
    }.items():
        code, told = predict(name, rows, tmp_path=tmp_path)
        assert (code, words in told) == (1, True), told
    cloud.put_object(Bucket=BUCKET, Key="results/wine/1/metrics.json", Body=b"{}")
    code, told = predict("wine", rows, tmp_path=tmp_path)
    assert code == 1 and "No model of wine is approved." in told
    code, told = predict(tmp_path, rows, tmp_path=tmp_path)
    assert code == 1 and "has no model: there is no file JOB/output/model.tar.gz" in told
    code, told = predict("cancer", tmp_path / "none.csv", tmp_path=tmp_path)
    assert code == 1 and "There is no file" in told


@pytest.mark.parametrize("words", [["cancer"], ["cancer", "--model", "1"]])
@pytest.mark.usefixtures("nothing_is_run")
def test_a_model_that_is_gone_or_was_never_there_is_said(
    words: list[str], cloud: Any, tmp_path: Path, rows: Path
) -> None:
    cloud.delete_object(Bucket=BUCKET, Key=model_key(results_folder("cancer", RUN), JOB))
    code, told = predict(words[0], rows, *words[1:], tmp_path=tmp_path)
    assert code == 1 and f"The model of run {RUN} is no longer in the bucket" in told
    code, told = predict("cancer", rows, "--model", "2", tmp_path=tmp_path)
    assert code == 1 and f"cancer has no model 2. The newest are of the runs: {RUN}." in told


@pytest.mark.usefixtures("nothing_is_run")
def test_a_file_that_nothing_vouches_for_is_told_of_and_not_loaded(
    tmp_path: Path, rows: Path, binary: Trained
) -> None:
    code, told = predict(binary.archive, rows, tmp_path=tmp_path)
    assert code == 1
    assert "loading it runs the code in it" in told and binary.sha256 in told
    assert "--trust-model" in told
    code, told = predict(binary.archive, rows, "--sha256", "0" * 64, tmp_path=tmp_path)
    assert code == 1 and "should be 0000" in told
    (tmp_path / "no model").write_bytes(b"PK")
    code, told = predict(tmp_path / "no model", rows, "--trust-model", tmp_path=tmp_path)
    assert code == 1 and "is not a readable model.tar.gz" in told
    assert not list(tmp_path.glob("*_predictions*"))


@pytest.mark.usefixtures("nothing_is_run")
def test_rows_that_can_t_be_predicted_are_told_before_the_model_is_loaded(
    tmp_path: Path, rows: Path, binary: Trained
) -> None:
    rows.write_bytes(binary.write(binary.test.drop(columns=["mean radius", "mean area"])))
    code, told = predict(binary.archive, rows, "--sha256", binary.sha256, tmp_path=tmp_path)
    assert code == 1
    assert "mean radius" in told and "Fix the findings marked with ✗" in told


@pytest.mark.usefixtures("nothing_is_run")
def test_a_model_of_other_versions_is_refused_with_both(
    tmp_path: Path, rows: Path, binary: Trained
) -> None:
    older = _with_json(binary.archive, tmp_path / "older.tar.gz", autogluon="1.5.0")
    code, told = predict(older, rows, "--trust-model", tmp_path=tmp_path)
    assert code == 1
    assert "The model was made by AutoGluon 1.5.0 on Python 3." in told
    assert "and this is AutoGluon 1.6.3 on Python 3." in told


@pytest.mark.usefixtures("nothing_is_run")
def test_the_input_is_never_overwritten(tmp_path: Path, rows: Path, binary: Trained) -> None:
    (tmp_path / "link.csv").symlink_to(rows)
    for out in (rows, tmp_path / "link.csv"):
        code, told = predict(binary.archive, rows, "--out", out, tmp_path=tmp_path)
        assert code == 1 and "is the file to predict" in told
    code, told = predict(binary.archive, rows, "--out", tmp_path / "b.txt", tmp_path=tmp_path)
    assert code == 1 and "must end in .csv" in told


def test_what_fails_leaves_everything_as_it_was(
    tmp_path: Path, rows: Path, binary: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(command: list[str], env: dict[str, str], **_: Any) -> Any:
        Path(env["CODEFREE_OUTPUT"], "새 환자_predictions.csv").write_text("half")
        Path(env["SM_OUTPUT_DIR"], "message").write_text("The disk is full.")
        return subprocess.CompletedProcess(command, 1, "", "Traceback")

    monkeypatch.setattr(subprocess, "run", failed)
    older = tmp_path / "새 환자_predictions.csv"
    older.write_text("older")
    code, told = predict(binary.archive, rows, "--sha256", binary.sha256, tmp_path=tmp_path)
    assert code == 1 and "The disk is full." in told and "Traceback" not in told
    assert older.read_text() == "older"
    assert {path.name for path in tmp_path.iterdir()} - {"home"} == {rows.name, older.name}


def _with_json(archive: Path, to: Path, **record: str) -> Path:
    """The archive with another record of its training, or one with a record at all."""
    with (
        tarfile.open(archive) as packed,
        tarfile.open(to, "w:gz", compresslevel=FAST) as repacked,
    ):
        for member in packed:
            body = packed.extractfile(member)
            content = body.read() if body else b""
            if record and member.name.endswith("training.json"):
                content = json.dumps(json.loads(content) | record).encode()
            member.size = len(content)
            repacked.addfile(member, io.BytesIO(content))
        for name in () if record else ("training.json", "train_file.json"):
            added = tarfile.TarInfo(name)
            added.size = 2
            repacked.addfile(added, io.BytesIO(b"{}"))
    return to
