"""CheckPair: finds the pair, claims it, checks it, and freezes what the run will read.

Nothing that this step lets through should fail later for what the files hold: the next steps cost
money.
"""

import json
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

import boto3
from botocore.exceptions import ClientError

from lambdas.check.check_report import check_page
from lambdas.check.pair_check import Machine, PairCheck, pair_check
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.reading.source import Source
from lambdas.configuration import Configuration
from lambdas.errors import PairRejected
from lambdas.instances.catalog import known_types
from lambdas.instances.need import memory_gib_needed
from lambdas.refusals import told_in_words
from lambdas.runs.admission import charge_check, check_usd
from lambdas.runs.claim import Claim, Owner, claim_in_state, identity, take_claim
from lambdas.runs.execution import Execution
from lambdas.runs.freeze_run import freeze_run, results_folder
from lambdas.runs.line import come_out_of_line, go_into_line, place_of_run
from lambdas.runs.spending import Limits, NoRoom
from lambdas.runs.waiting_runs import WaitingRun
from lambdas.state import FileState, ProfileState, State
from lambdas.uploads.asked import asked_for
from lambdas.uploads.dataset import Dataset
from lambdas.uploads.pair import (
    Pair,
    Request,
    Upload,
    keep_pair_of_run,
    newest_uploaded,
    pair_of_run,
    request_of,
)
from lambdas.uploads.taken_pairs import take
from lambdas.uploads.training_code import check_training_code, training_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

# A state's output may have 256 KB, an error's cause 32,768 characters (AWS Step Functions
# Developer Guide, "Service quotas"; API reference, HistoryEvent).
_MOST_TOLD = 20
# A version that was replaced is kept for 30 days (infra/template.yaml), and may wait for longer.
_GONE = {"NoSuchKey", "NoSuchVersion"}


class CheckPairEvent(TypedDict):
    """What the state machine hands in: the execution's input, ARN, and start in ISO 8601."""

    Input: Any
    Id: str
    StartTime: str


@told_in_words
def handler(event: CheckPairEvent, context: Any) -> State:
    """Lambda's entry."""
    return check_pair(
        event["Input"],
        Execution(event["Id"], event["StartTime"]),
        Configuration.from_environment(os.environ),
        boto3.client("s3"),
        boto3.client("stepfunctions"),
        lambda: context.get_remaining_time_in_millis() / 1000,
        Limits.from_environment(os.environ),
        int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
    )


def check_pair(
    event: Any,
    execution: Execution,
    configuration: Configuration,
    s3: "S3Client",
    states: "SFNClient",
    seconds_left: Callable[[], float],
    limits: Limits,
    memory_mb: int,
) -> State:
    """The state that the execution goes on with; ``Outcome`` tells which way.

    Returns:
        ``Outcome`` is ``WaitingForPartner``, ``WaitingForBudget``, ``AlreadyRunning`` or ``Ready``,
        and ``Message`` says why; a ready run also has ``Run``, ``Claim``, ``Line``,
        ``Configuration``, ``Profile`` and ``Check``.

    Raises:
        PairRejected: the files can't be trained on.
        TryAgain: another execution wrote the claim at the same moment.
    """
    bucket = configuration.bucket
    request = request_of(s3, bucket, asked_for(event))
    place = place_of_run(s3, bucket, execution.run, request.waited)
    if request.waited and not place:
        return _out_of_line(request)
    pair = (
        _pair_of_run(s3, bucket, execution.run)
        or (place.pair if place else None)
        or _uploaded_pair(s3, bucket, request)
    )
    if pair is None:
        return _waiting(s3, bucket, request.dataset)
    keep_pair_of_run(s3, bucket, execution.run, pair)
    take(s3, bucket, pair, execution.arn)

    code = training_code(s3, bucket)
    forced_by = place.forced_by if place else execution.arn if request.force else None
    claimed = identity(pair, code, configuration.fingerprint(), forced_by)
    mine = Claim(execution.arn, execution.run, pair.train.version, pair.test.version)
    owner = take_claim(s3, states, bucket, claimed, mine, place.run if place else None)
    come_out_of_line(s3, bucket, place)
    if owner.claim.run != execution.run:
        return _already_running(pair, owner)

    try:
        if owner.claim.waits:  # in an earlier attempt of this step, whose answer was lost
            raise NoRoom("Its turn has not come yet.")
        usd = check_usd({half.key: half.size for half in (pair.train, pair.test)}, memory_mb)
        charge_check(s3, bucket, limits, usd, execution.run, in_turn=place is not None)
    except NoRoom as why:
        usd_known = place.usd if place else None
        waiting = WaitingRun(
            pair, forced_by, execution.run, execution.place, 0, usd_known, str(why)
        )
        return go_into_line(s3, bucket, claimed, owner.claim, waiting)

    check_training_code(s3, bucket, code)
    check = _checked(s3, configuration, pair, seconds_left)
    folder = results_folder(pair.name, execution.run)
    body = _published(s3, bucket, folder, pair.name, check)
    if check.errors or not check.profile:
        raise PairRejected(_rejection(check, f"s3://{bucket}/{folder}/check.html"))
    train, test = check.profile.train, check.profile.test
    return {
        "Outcome": "Ready",
        "Message": f"{pair.name}: {train.rows} rows to train on, {test.rows} to test with.",
        "Run": freeze_run(s3, bucket, execution.run, pair, code, body),
        "Claim": claim_in_state(claimed, mine),
        "Line": {"Place": execution.place, "ForcedBy": forced_by or ""},
        "Configuration": configuration.wish.as_state(),
        "Profile": checked_profile(check.profile),
        "Check": {
            "Report": f"s3://{bucket}/{folder}/check.html",
            "Warnings": [f.text for f in check.findings if f.severity == "warning"][:_MOST_TOLD],
        },
    }


def _pair_of_run(s3: "S3Client", bucket: str, run: str) -> Pair | None:
    """What this run read when it was first checked, so that a retry or redrive reads the same."""
    try:
        return pair_of_run(s3, bucket, run)
    except s3.exceptions.NoSuchKey:
        return None


def _uploaded_pair(s3: "S3Client", bucket: str, request: Request) -> Pair | None:
    dataset = request.dataset
    train = newest_uploaded(s3, bucket, dataset.train_keys, request.key)
    test = newest_uploaded(s3, bucket, dataset.test_keys, request.key)
    return Pair(dataset.name, train, test) if train and test else None


def _waiting(s3: "S3Client", bucket: str, dataset: Dataset) -> State:
    parts = (dataset.train_keys, dataset.test_keys)
    missing = [keys[0] for keys in parts if not newest_uploaded(s3, bucket, keys)]
    waiting_for = " and ".join(missing or [keys[0] for keys in parts])
    return {
        "Outcome": "WaitingForPartner",
        "Message": f"{waiting_for} not there yet. Nothing was started and "
        "nothing costs money; the run starts by itself when both files are uploaded.",
    }


def _out_of_line(request: Request) -> State:
    return {
        "Outcome": "AlreadyRunning",
        "Message": f"No run of {request.dataset.name} waits in line there any more: it was started "
        "before, or stopped.",
    }


def _already_running(pair: Pair, owner: Owner) -> State:
    return {
        "Outcome": "AlreadyRunning",
        "Message": f"The same files of {pair.name} are handled by the execution "
        f"{owner.claim.execution} ({owner.status}). To train them once more, start an execution "
        f'with {{"dataset": "{pair.name}", "force": true}}.',
    }


def _checked(
    s3: "S3Client", configuration: Configuration, pair: Pair, seconds_left: Callable[[], float]
) -> PairCheck:
    wish = configuration.wish
    largest = max(entry["memory_gib"] for entry in known_types().values())
    return pair_check(
        _source(s3, configuration.bucket, pair.train),
        _source(s3, configuration.bucket, pair.test),
        wish.target,
        Machine(wish.presets, partial(memory_gib_needed, presets=wish.presets), largest),
        seconds_left,
        wish.problem_type,
    )


def _source(s3: "S3Client", bucket: str, upload: Upload) -> Source:
    def opened(limits: tuple[int, int] | None) -> Any:
        version = {"Bucket": bucket, "Key": upload.key, "VersionId": upload.version}
        if limits and upload.size:
            version["Range"] = f"bytes={limits[0]}-{min(limits[1], upload.size - 1)}"
        try:
            return s3.get_object(**version)["Body"]  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            raise PairRejected(
                f"{upload.file_name} was removed from the bucket before it could be checked, at "
                "least in this version. Nothing was charged for training. Upload it again."
            ) from error

    return Source(upload.file_name, upload.size, opened)


def _published(s3: "S3Client", bucket: str, folder: str, name: str, check: PairCheck) -> bytes:
    """Writes check.html for people and check.json for programs; returns the latter."""
    body = json.dumps(check.as_json(), ensure_ascii=False, indent=1).encode()
    page = check_page(name, check).encode()
    kinds = {"check.json": (body, "application/json"), "check.html": (page, "text/html")}
    for file_name, (content, kind) in kinds.items():
        key = f"{folder}/{file_name}"
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind)
    return body


def _rejection(check: PairCheck, page: str) -> str:
    told = [finding.text for finding in check.errors[:_MOST_TOLD]]
    return (
        " ".join(told) + " Nothing was trained and nothing was charged for training; the run "
        f"starts by itself when a repaired file is uploaded. All findings: {page}"
    )


def checked_profile(pair: PairProfile) -> ProfileState:
    """What the next steps have to know of both files."""
    has_target = pair.target in pair.test.columns
    return {
        "Train": _profile(pair.train),
        "Test": {**_profile(pair.test), "HasTarget": has_target},
    }


def _profile(profile: FileProfile) -> FileState:
    """What the next steps have to know."""
    return {
        "Rows": profile.estimated_rows,
        "Columns": len(profile.columns),
        "Bytes": profile.text_bytes,
        "MemoryBytes": profile.memory_bytes,
    }
