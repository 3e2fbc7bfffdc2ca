"""Exactly one execution does the work for a pair: whoever writes the claim first."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.bucket.kept_data import json_object, made_of
from lambdas.bucket.layout import claim_key
from lambdas.errors import AlreadyHandled, TryAgain
from lambdas.language import spoken
from lambdas.state import ClaimState, State
from lambdas.uploads.pair import Pair, Upload

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}


@dataclass(frozen=True)
class Claim:
    """Who works on a pair, and which uploads it took; the settings' is empty where there are none.

    One that ``waits`` belongs to a run in line, whose execution has ended: the execution that goes
    on for it takes it over.
    """

    execution: str
    run: str
    train_version: str
    test_version: str
    waits: bool = False
    settings_version: str = ""

    def took_the_uploads_of(self, other: "Claim") -> bool:
        """Whether both claims mean the same uploads, not only the same content."""
        return self.versions == other.versions

    @property
    def versions(self) -> tuple[str, str, str]:
        """The versions of the uploads that it took."""
        return self.train_version, self.test_version, self.settings_version


def claim_on(pair: Pair, execution: str, run: str) -> Claim:
    """The claim of an execution, by its ARN, for its run."""
    settings = pair.settings.version if pair.settings else ""
    return Claim(execution, run, pair.train.version, pair.test.version, settings_version=settings)


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
        "TrainVersion": claim.train_version,
        "TestVersion": claim.test_version,
        "SettingsVersion": claim.settings_version,
    }


def keep_claim(bucket: Bucket, states: "SFNClient", state: State) -> Claim:
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
        dataset = state["Run"]["Dataset"]
        raise AlreadyHandled(
            spoken(
                "The same files of {dataset} were uploaded again since this run failed, and the "
                "execution {execution} handles them ({status}), so nothing was trained a second "
                "time. To train them again, start an execution with {input}.",
                dataset=dataset,
                execution=owner.claim.execution,
                status=owner.status,
                input=forcing_input(dataset),
            )
        )
    return owner.claim


def forcing_input(dataset: str) -> str:
    """The input of an execution that trains the dataset whether or not that was done before."""
    return f'{{"dataset": "{dataset}", "force": true}}'


def identity(pair: Pair, code: Upload, configuration: dict[str, object], force: str | None) -> str:
    """The pair's identity: content, training code and configuration, as 32 hexadecimal digits.

    ``force`` is the execution's ARN where a person asked for a run of its own.
    """
    parts = [pair.name, pair.train.etag, pair.test.etag, code.etag, configuration, force]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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
    status = states.describe_execution(executionArn=claim.execution)["status"]
    if not is_mine_to_resume and (status not in _FAILED or claim.took_the_uploads_of(mine)):
        return Owner(claim, "WAITING" if claim.waits and status not in _FAILED else status)
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
    return Claim(
        claim["Execution"],
        claim["Run"],
        claim["TrainVersion"],
        claim["TestVersion"],
        settings_version=claim.get("SettingsVersion", ""),
    )


def _standing(bucket: Bucket, key: str) -> tuple[Stored, Claim]:
    """The claim that stands, and the object that holds it."""
    stored = bucket.read_stored(key)
    if stored is None:
        raise TryAgain(spoken("Somebody deleted {key} at the same moment.", key=key))
    return stored, made_of(Claim, json_object(stored.body))


def _body(claim: Claim) -> bytes:
    return json.dumps(asdict(claim)).encode()
