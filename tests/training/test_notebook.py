"""The notebook, executed from its first cell to its last on a finished run."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import nbformat
import pytest
from moto.server import ThreadedMotoServer
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.training.jobs import Results, Trained
from tests.training.replaced_model import replaced_model

NOTEBOOK = Path(__file__).resolve().parent.parent.parent / "notebooks" / "inference_on_local.ipynb"


@pytest.fixture(scope="module")
def results(
    binary: Trained, binary_results: Results, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What a run leaves in its results folder."""
    folder = tmp_path_factory.mktemp("run")
    shutil.copytree(binary_results.folder, folder, dirs_exist_ok=True)
    shutil.copy(binary_results.folder.parent / "check" / "check.json", folder)
    (folder / "job" / "output").mkdir(parents=True)
    shutil.copy(binary.archive, folder / "job" / "output" / "model.tar.gz")
    return folder


@pytest.fixture
def bucket(results: Path, binary: Trained, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(port=0)
    server.start()
    _, port = server.get_host_and_port()
    monkeypatch.setenv("CODEFREE_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
    s3.create_bucket(Bucket="notebook")
    for path in results.rglob("*.*"):
        s3.upload_file(str(path), "notebook", f"results/암/1/{path.relative_to(results)}")
    digest = json.dumps({"Sha256": binary.sha256}).encode()
    s3.put_object(Bucket="notebook", Key="digests/1/job.json", Body=digest)
    yield "s3://notebook/results/암/1/"
    server.stop()


def executed(where: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The cells of the notebook, run on these results."""
    monkeypatch.setenv("CODEFREE_RESULTS", where)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(NOTEBOOK.parent)}})
    return list(client.execute().cells)


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_the_notebook_finds_the_scores_of_the_run_again(
    place: str,
    results: Path,
    binary: Trained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    where = str(results) if place == "folder" else request.getfixturevalue("bucket")
    if place == "folder":
        monkeypatch.setenv("CODEFREE_MODEL_SHA256", binary.sha256)
    binary.test.to_csv(tmp_path / "test.csv", index=False)
    monkeypatch.setenv("CODEFREE_TEST", str(tmp_path / "test.csv"))
    cells = executed(where, monkeypatch)
    told = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))
    assert (results / "a_model_performance.txt").read_text(encoding="utf-8") in told
    pictures = [o for cell in cells for o in cell.get("outputs", []) if "data" in o]
    assert sum("image/png" in picture["data"] for picture in pictures) == 2


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_the_notebook_refuses_a_model_that_was_replaced(
    place: str,
    results: Path,
    binary: Trained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    proof, where = tmp_path / "ran", tmp_path / "run"
    replaced = replaced_model(tmp_path / "model.tar.gz", proof)
    if place == "bucket":
        uri = request.getfixturevalue("bucket")
        s3 = boto3.client("s3", endpoint_url=os.environ["CODEFREE_ENDPOINT_URL"])
        s3.upload_file(str(replaced), "notebook", "results/암/1/job/output/model.tar.gz")
    else:
        shutil.copytree(results, where)
        shutil.copy(replaced, where / "job" / "output" / "model.tar.gz")
        monkeypatch.setenv("CODEFREE_MODEL_SHA256", binary.sha256)
    with pytest.raises(CellExecutionError) as refused:
        executed(uri if place == "bucket" else str(where), monkeypatch)
    assert refused.value.ename == "KnownFailure"
    assert "is not the one that the training made" in refused.value.evalue
    assert not proof.exists()
