"""CheckPair: finds the pair, claims it, checks it, and freezes what the run will read.

Nothing that this step lets through should fail later for what the files hold: the next steps cost
money.
"""

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.claim import Claim, Owner, identity, owner_of
from lambdas.configuration import Configuration
from lambdas.csv_check import Contents, contents
from lambdas.dataset import Dataset
from lambdas.errors import PairRejected
from lambdas.frozen_run import frozen_run
from lambdas.pair import Pair, Upload, pair_from_json, requested_dataset, uploaded
from lambdas.pair_problems import pair_problems
from lambdas.training_code import check_training_code, training_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True)
class Execution:
    """The execution that this step belongs to, and the run that follows from it."""

    arn: str
    start_time: str

    @property
    def run(self) -> str:
        """The run's name, sortable by time and the same for every retry and redrive."""
        digits = "".join(c for c in self.start_time[:19] if c.isdigit())
        return f"{digits[:8]}-{digits[8:]}-{hashlib.sha256(self.arn.encode()).hexdigest()[:6]}"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: ``event`` holds the execution's ``Input``, ``Id`` and ``StartTime``."""
    return check_pair(
        event["Input"],
        Execution(event["Id"], event["StartTime"]),
        Configuration.from_environment(os.environ),
        boto3.client("s3"),
        boto3.client("stepfunctions"),
    )


def check_pair(
    request: Any,
    execution: Execution,
    configuration: Configuration,
    s3: "S3Client",
    states: "SFNClient",
) -> dict[str, Any]:
    """The state that the execution goes on with; ``Outcome`` tells which way.

    Returns:
        ``Outcome`` is ``WaitingForPartner``, ``AlreadyRunning`` or ``Ready``, and ``Message`` says
        why; a ready run also has ``Run``, ``Configuration`` and ``Profile``.

    Raises:
        PairRejected: the files can't be trained on.
        TryAgain: another execution wrote the claim at the same moment.
    """
    bucket = configuration.bucket
    dataset = requested_dataset(s3, bucket, request)
    pair = _pair_of_run(s3, bucket, execution.run) or _uploaded_pair(s3, bucket, dataset)
    if pair is None:
        return _waiting(s3, bucket, dataset)
    _keep_pair_of_run(s3, bucket, execution.run, pair)

    code = training_code(s3, bucket)
    owner = _owner(s3, states, configuration, execution, pair, code, bool(request.get("force")))
    if owner.claim.run != execution.run:
        return _already_running(pair, owner)

    train, test = _checked(s3, configuration, pair)
    check_training_code(s3, bucket, code)
    return {
        "Outcome": "Ready",
        "Message": f"{pair.name}: {train.rows} rows to train on, {test.rows} to test with.",
        "Run": frozen_run(s3, bucket, execution.run, pair, code),
        "Configuration": configuration.as_state(),
        "Profile": {
            "Train": _profile(pair.train, train),
            "Test": _profile(pair.test, test) | {"HasTarget": configuration.target in test.columns},
        },
    }


def _pair_of_run(s3: "S3Client", bucket: str, run: str) -> Pair | None:
    """What this run read when it was first checked, so that a retry or redrive reads the same."""
    try:
        kept = s3.get_object(Bucket=bucket, Key=f"runs/{run}/pair.json")
    except s3.exceptions.NoSuchKey:
        return None
    return pair_from_json(kept["Body"].read().decode())


def _keep_pair_of_run(s3: "S3Client", bucket: str, run: str, pair: Pair) -> None:
    s3.put_object(Bucket=bucket, Key=f"runs/{run}/pair.json", Body=pair.to_json().encode())


def _uploaded_pair(s3: "S3Client", bucket: str, dataset: Dataset) -> Pair | None:
    train = uploaded(s3, bucket, dataset.train_key)
    test = uploaded(s3, bucket, dataset.test_key)
    return Pair(dataset.name, train, test) if train and test else None


def _waiting(s3: "S3Client", bucket: str, dataset: Dataset) -> dict[str, Any]:
    keys = (dataset.train_key, dataset.test_key)
    missing = [key for key in keys if not uploaded(s3, bucket, key)]
    return {
        "Outcome": "WaitingForPartner",
        "Message": f"{' and '.join(missing or keys)} not there yet. Nothing was started and "
        "nothing costs money; the run starts by itself when both files are uploaded.",
    }


def _owner(
    s3: "S3Client",
    states: "SFNClient",
    configuration: Configuration,
    execution: Execution,
    pair: Pair,
    code: Upload,
    force: bool,
) -> Owner:
    mine = Claim(execution.arn, execution.run, pair.train.version, pair.test.version)
    forced_by = execution.arn if force else None
    key = identity(pair, code, configuration.fingerprint(), forced_by)
    return owner_of(s3, states, configuration.bucket, key, mine)


def _already_running(pair: Pair, owner: Owner) -> dict[str, Any]:
    return {
        "Outcome": "AlreadyRunning",
        "Message": f"The same files of {pair.name} are handled by the execution "
        f"{owner.claim.execution} ({owner.status}). To train them once more, start an execution "
        f'with {{"dataset": "{pair.name}", "force": true}}.',
    }


def _checked(s3: "S3Client", configuration: Configuration, pair: Pair) -> tuple[Contents, Contents]:
    train = _contents(s3, configuration, pair.train)
    test = _contents(s3, configuration, pair.test)
    problems = train.problems + test.problems
    if not problems:
        problems = pair_problems(pair, train, test, configuration.target)
    if problems:
        raise PairRejected(
            " ".join(problems) + " Nothing was trained and nothing was charged for training; "
            "the run starts by itself when a repaired file is uploaded."
        )
    return train, test


def _contents(s3: "S3Client", configuration: Configuration, upload: Upload) -> Contents:
    response = s3.get_object(Bucket=configuration.bucket, Key=upload.key, VersionId=upload.version)
    return contents(upload.file_name, response["Body"], configuration.target)  # type: ignore[arg-type]


def _profile(upload: Upload, found: Contents) -> dict[str, Any]:
    return {"Rows": found.rows, "Columns": len(found.columns), "Bytes": upload.size}
