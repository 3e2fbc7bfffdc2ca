"""Exactly one execution does the work for some uploads: whoever writes the claim first."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.bucket.kept_data import json_object, made_of
from lambdas.bucket.layout import claim_key
from lambdas.errors import AlreadyHandled, TryAgain
from lambdas.language import spoken
from lambdas.state import AnyState, ClaimState, prediction_in
from lambdas.uploads.pair import Pair, Upload

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}


@dataclass(frozen=True)
class Claim:
    """Who works on some uploads, and which: their versions, with blanks between them.

    One that ``waits`` belongs to a run in line, whose execution has ended: the execution that goes
    on for it takes it over.
    """

    execution: str
    run: str
    versions: str
    waits: bool = False

    def took_the_uploads_of(self, other: "Claim") -> bool:
        """Whether both claims mean the same uploads, not only the same content."""
        return self.versions == other.versions


def claim_on(uploads: Iterable[Upload], execution: str, run: str) -> Claim:
    """The claim of an execution, by its ARN, for its run."""
    return Claim(execution, run, _listed(upload.version for upload in uploads))


@dataclass(frozen=True)
class Owner:
    """The claim that stands, and how its execution does (``RUNNING``, ``FAILED``, …)."""

    claim: Claim
    status: str


def claim_in_state(identity: str, claim: Claim) -> ClaimState:
    """The claim as it travels through the state machine, read back by :func:`claim_from_state`."""
    return {
        "Identity": identity,
        "Execution": claim.execution,
        "Run": claim.run,
        "Versions": claim.versions,
    }


def keep_claim(bucket: Bucket, states: "SFNClient", state: AnyState) -> Claim:
    """Makes sure that the run whose ``state`` it is still owns its files; returns the claim.

    Since a redriven run failed, the same files may have been uploaded again, and another execution
    may have taken over the claim. If that one has failed too, the claim comes back to this run.

    Raises:
        AlreadyHandled: the other execution is running, or has done the work.
        TryAgain: another execution wrote at the same moment.
    """
    mine = claim_from_state(state["Claim"])
    owner = take_claim(bucket, states, state["Claim"]["Identity"], mine)
    if owner.claim.run != mine.run:
        raise AlreadyHandled(_handled_by_another(state, owner))
    return owner.claim


def _handled_by_another(state: AnyState, owner: Owner) -> str:
    """Why a redriven run does not go on, in words."""
    prediction, dataset = prediction_in(state), state["Run"]["Dataset"]
    if prediction:
        return spoken(
            "The same file of {dataset} was uploaded again since this run failed, and the "
            "execution {execution} handles it ({status}), so nothing was predicted a second time.",
            dataset=dataset,
            execution=owner.claim.execution,
            status=owner.status,
        )
    return spoken(
        "The same files of {dataset} were uploaded again since this run failed, and the "
        "execution {execution} handles them ({status}), so nothing was trained a second "
        "time. To train them again, start an execution with {input}.",
        dataset=dataset,
        execution=owner.claim.execution,
        status=owner.status,
        input=forcing_input(dataset),
    )


def forcing_input(dataset: str) -> str:
    """The input of an execution that trains the dataset whether or not that was done before."""
    return f'{{"dataset": "{dataset}", "force": true}}'


def pair_identity(
    pair: Pair, code: Upload, configuration: dict[str, object], force: str | None
) -> str:
    """The pair's identity: content, training code and configuration, as 32 hexadecimal digits.

    ``force`` is the execution's ARN where a person asked for a run of its own.
    """
    return identity(pair.name, pair.train.etag, pair.test.etag, code.etag, configuration, force)


def identity(*parts: object) -> str:
    """What a claim is on, as 32 hexadecimal digits: equal where all parts are."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def find_owner(bucket: Bucket, states: "SFNClient", identity: str, mine: Claim) -> Owner | None:
    """Who has claimed the very uploads of ``mine`` before; None where no other run has.

    It tells what :func:`take_claim` would for a run that resumes none, and writes nothing.

    Raises:
        KeptDataBroken: what is there is not a claim.
    """
    stored = bucket.read_stored(claim_key(identity))
    claim = _claim_in(stored) if stored else mine
    if claim.run == mine.run or not claim.took_the_uploads_of(mine):
        return None
    return _owner(claim, _status(states, claim))


def take_claim(
    bucket: Bucket,
    states: "SFNClient",
    identity: str,
    mine: Claim,
    resumes: str | None = None,
) -> Owner:
    """Writes ``mine`` as the claim on ``identity`` if that is possible, and tells who owns it.

    A claim whose execution failed is taken over for the sake of a new upload; for a late or
    repeated event about the uploads that it took, it stands. That of a run in line is taken over by
    the run that ``resumes`` it.

    Raises:
        TryAgain: another execution wrote at the same moment.
        KeptDataBroken: what is there is not a claim.
    """
    key = claim_key(identity)
    if bucket.write_if_absent(key, _body(mine)):
        return Owner(mine, "RUNNING")
    standing, claim = _standing(bucket, key)
    if claim.run == mine.run:
        return Owner(claim, "RUNNING")
    is_mine_to_resume = claim.waits and claim.run == resumes
    status = _status(states, claim)
    if not is_mine_to_resume and (status not in _FAILED or claim.took_the_uploads_of(mine)):
        return _owner(claim, status)
    if bucket.write_if_unchanged(key, _body(mine), standing):
        return Owner(mine, "RUNNING")
    raise TryAgain(
        spoken("Another execution is taking over the claim on {identity}.", identity=identity)
    )


def mark_claim_as_waiting(bucket: Bucket, identity: str, mine: Claim) -> None:
    """Makes the claim that of a run in line, if it is still ``mine``.

    Raises:
        TryAgain: another execution wrote at the same moment.
    """
    key = claim_key(identity)
    standing, claim = _standing(bucket, key)
    if claim.run != mine.run:
        return
    if not bucket.write_if_unchanged(key, _body(replace(mine, waits=True)), standing):
        raise TryAgain(spoken("Another execution wrote {key} at the same moment.", key=key))


def claim_from_state(claim: ClaimState) -> Claim:
    """The claim that :func:`claim_in_state` put into the state."""
    if "Versions" in claim:
        versions = claim["Versions"]
    else:
        one_by_one = (claim["TrainVersion"], claim["TestVersion"], claim.get("SettingsVersion", ""))
        versions = _listed(one_by_one)
    return Claim(claim["Execution"], claim["Run"], versions)


def _standing(bucket: Bucket, key: str) -> tuple[Stored, Claim]:
    """The claim that stands, and the object that holds it."""
    stored = bucket.read_stored(key)
    if stored is None:
        raise TryAgain(spoken("Somebody deleted {key} at the same moment.", key=key))
    return stored, _claim_in(stored)


def _claim_in(stored: Stored) -> Claim:
    return made_of(Claim, _as_now(json_object(stored.body)))


def _status(states: "SFNClient", claim: Claim) -> str:
    return states.describe_execution(executionArn=claim.execution)["status"]


def _owner(claim: Claim, status: str) -> Owner:
    return Owner(claim, "WAITING" if claim.waits and status not in _FAILED else status)


def _as_now(fields: dict[str, Any]) -> dict[str, Any]:
    """A claim's fields; those of before there were predictions named the pair's versions."""
    if "train_version" not in fields:
        return fields
    names = ("train_version", "test_version", "settings_version")
    versions = _listed(str(fields.get(name, "")) for name in names)
    return {n: value for n, value in fields.items() if n not in names} | {"versions": versions}


def _listed(versions: Iterable[str]) -> str:
    """The versions, each once: a whole table is both halves of its pair."""
    return " ".join(dict.fromkeys(version for version in versions if version))


def _body(claim: Claim) -> bytes:
    return json.dumps(asdict(claim)).encode()
