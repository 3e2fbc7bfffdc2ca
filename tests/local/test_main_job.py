"""The main job with real AutoGluon, through the template as it is deployed, on real data."""

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn import datasets
from sklearn import metrics as sk
from sklearn.model_selection import train_test_split

from local.aws import LocalAws
from local.stack import Stack, deploy
from tests.local.uploads import Uploader

TITANIC = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="module")
def real_stack(aws: LocalAws, packed_template: str) -> Stack:
    parameters = {
        "BucketName": "real",
        "TrainingMinutes": "0.2",
        "AutoMLPresets": "medium_quality",
        "EvalMetric": "f1",
    }
    return deploy(aws, packed_template, parameters, name="real")


def ran(aws: LocalAws, stack: Stack, name: str, train: str, test: str) -> dict[str, Any]:
    uploader = Uploader(aws, stack, name)
    uploader.upload_pair(train, test)
    return dict(json.loads(uploader.worked()["output"]))


def predictions(aws: LocalAws, output: dict[str, Any]) -> pd.DataFrame:
    bucket, _, folder = output["Results"].removeprefix("s3://").partition("/")
    key = f"{folder}{output['Dataset']}_test_prediction.csv"
    return pd.read_csv(io.BytesIO(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read()))


def pair(load: Any) -> tuple[str, str]:
    table = load(as_frame=True).frame.rename(columns={"target": "label"})
    train, test = train_test_split(table, test_size=0.25, random_state=0)
    return train.to_csv(index=False), test.to_csv(index=False)


@pytest.mark.long
@pytest.mark.skipif(not TITANIC.exists(), reason="the titanic pair is not beside the repository")
def test_titanic_has_the_auroc_of_its_written_predictions(aws: LocalAws, real_stack: Stack) -> None:
    train = (TITANIC / "titanic_train.csv").read_text()
    test = (TITANIC / "titanic_test.csv").read_text()
    output = ran(aws, real_stack, "titanic", train, test)
    table = predictions(aws, output)
    metrics = output["Metrics"]
    assert metrics["eval_metric"] == "f1"
    assert metrics["metrics"]["roc_auc"] == pytest.approx(
        sk.roc_auc_score(table["true"], table["probability of 1"])
    )
    assert metrics["metrics"]["roc_auc"] > 0.8


@pytest.mark.long
def test_wine_has_three_classes(aws: LocalAws, real_stack: Stack) -> None:
    output = ran(aws, real_stack, "wine", *pair(datasets.load_wine))
    assert output["Metrics"]["eval_metric"] == "f1_macro"
    assert output["Metrics"]["score"] > 0.8
    assert predictions(aws, output).filter(like="probability of").shape[1] == 3


@pytest.mark.long
def test_diabetes_is_a_number(aws: LocalAws, real_stack: Stack) -> None:
    output = ran(aws, real_stack, "diabetes", *pair(datasets.load_diabetes))
    table = predictions(aws, output)
    assert output["Metrics"]["score"] == pytest.approx(
        sk.root_mean_squared_error(table["true"], table["prediction"])
    )
    assert output["Metrics"]["metrics"]["r2"] > 0.2


def test_wine_without_its_classes_gets_predictions_and_no_scores(
    aws: LocalAws, real_stack: Stack
) -> None:
    train, test = pair(datasets.load_wine)
    unlabelled = pd.read_csv(io.StringIO(test)).drop(columns="label").to_csv(index=False)
    output = ran(aws, real_stack, "wine", train, unlabelled)
    assert output["Profile"]["Test"]["HasTarget"] is False
    assert output["Metrics"]["eval_metric"] == "f1_macro"
    assert output["Metrics"]["score"] is None
    assert "no scores" in output["Metrics"]["notes"][-1]
    table = predictions(aws, output)
    assert "true" not in table.columns
    assert table.filter(like="probability of").shape[1] == 3
    right = table["prediction"] == pd.read_csv(io.StringIO(test))["label"]
    assert right.mean() > 0.8
