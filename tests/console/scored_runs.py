"""Runs of the stand-in, which then say of themselves what a real evaluation says."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from local.aws import LocalAws
from local.stack import Stack
from operate.account import Account
from operate.home_key import Credentials
from operate.place import Place
from tests.local.uploads import Uploader, put_past_policy, table

ROWS = 200


@dataclass(frozen=True)
class Scored:
    """A finished run: its execution's name, its own name, and what its models predicted."""

    execution: str
    run: str
    right: list[bool]


def place_of(aws: LocalAws, stack: Stack, home: Path) -> Place:
    """The stack as a person reaches it who has the key."""
    key = Credentials(aws.credentials.access_key, aws.credentials.secret_key)
    name = stack.state_machine.rpartition(":")[2]
    return Place(Account(endpoint=aws.endpoint, key=key), name, home)


def scored_run(
    uploader: Uploader, quality: float, importance: dict[str, float], **settings: str
) -> Scored:
    """One more run of the dataset, whose model predicts that share of 200 rows right."""
    if not uploader.described():
        uploader.upload_pair(table(), table(6))
    else:
        uploader.start({"dataset": uploader.name, "force": True, **settings})
    done = [e for e in uploader.executions() if uploader.states_entered(e)[-1] == "Publish"][-1]
    summary = json.loads(done["output"])
    right = [bool(one) for one in np.random.default_rng(0).random(ROWS) < quality]
    for name, body in _results(uploader.name, right, importance).items():
        key = f"results/{uploader.name}/{summary['Run']}/{name}"
        put_past_policy(uploader.aws.s3, uploader.stack.bucket, key, body)
    return Scored(done["name"], summary["Run"], right)


def _results(name: str, right: list[bool], importance: dict[str, float]) -> dict[str, str]:
    lines = ["row,true,prediction,probability of 0,probability of 1"]
    for number, is_right in enumerate(right):
        truth = number % 2
        guess = truth if is_right else 1 - truth
        lines.append(f"{number + 1},{truth},{guess},{1 - guess},{guess}")
    accuracy = sum(right) / len(right)
    metrics: dict[str, Any] = {
        "problem_type": "binary",
        "eval_metric": "accuracy",
        "score": accuracy,
        "interval": {"low": accuracy - 0.05, "high": accuracy + 0.04, "confidence": 0.95},
        "metrics": {"accuracy": accuracy, "f1": accuracy, "roc_auc": None},
        "baselines": {"guess": 0.5},
        "rows": len(right),
        "rows_scored": len(right),
        "classes": [0, 1],
        "best_model": "WeightedEnsemble_L2",
        "report": f"{name}_report.html",
    }
    columns = [
        f"{column},{value},{value / 2},{value * 2},5" for column, value in importance.items()
    ]
    return {
        "metrics.json": json.dumps(metrics),
        f"{name}_test_prediction.csv": "\ufeff" + "\n".join(lines) + "\n",
        f"{name}_feature_importance.csv": "\ufefffeature,importance,low,high,shuffles\n"
        + "\n".join(columns)
        + "\n",
    }
