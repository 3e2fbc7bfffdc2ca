"""CheckPair: finds the pair, claims it, checks it, and freezes what the run will read.

Nothing that this step lets through should fail later for what the files hold: the next steps cost
money.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from lambdas import clients
from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import TRAINING_CODE, results_folder
from lambdas.check.check_report import check_page
from lambdas.check.pair_check import MemoryEstimate, PairCheck, PlannedTraining, pair_check
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.single_check import single_check
from lambdas.checked_upload import check_state, file_state, rejection, source_of
from lambdas.configuration import Configuration
from lambdas.errors import PairRejected
from lambdas.instances.catalog import known_types
from lambdas.instances.need import memory_gib_needed
from lambdas.language import speaking, spoken, spoken_in, stack_language, to_speak
from lambdas.refusals import explain_refusals
from lambdas.runs.admission import charge_check, check_usd
from lambdas.runs.claim import (
    Claim,
    Owner,
    claim_in_state,
    claim_on,
    find_owner,
    forcing_input,
    pair_identity,
    take_claim,
)
from lambdas.runs.execution import Execution, StartEvent
from lambdas.runs.freeze_run import freeze_run
from lambdas.runs.line import join_line, keep_place
from lambdas.runs.run_language import keep_language
from lambdas.runs.spending import Limits, NoRoom
from lambdas.runs.waiting_runs import WaitingRun, leave_line
from lambdas.settings.chosen import Allowed, Chosen, chosen
from lambdas.settings.settings_text import LARGEST_BYTES, Written, written_settings
from lambdas.state import CheckState, ProfileState, State
from lambdas.uploads.asked import asked_for
from lambdas.uploads.dataset import HALVES, Dataset, Part
from lambdas.uploads.pair import (
    Pair,
    RunRequest,
    Upload,
    find_upload,
    find_uploads,
    keep_pair,
    pair_of,
    read_pair,
    resolve_request,
)
from lambdas.uploads.taken_pairs import mark_as_taken
from lambdas.uploads.training_code import check_training_code, code_is_gone
from lambdas.wish import Language, Wish

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# What a rejected pair's message ends with.
REJECTED = to_speak(
    "Nothing was trained and nothing was charged for training; the run starts by itself when a "
    "repaired file is uploaded."
)


@dataclass(frozen=True)
class Settings:
    """What the function finds in its environment: the stack's parameters, and its own memory."""

    configuration: Configuration
    allowed: Allowed
    limits: Limits
    memory_mb: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings in a Lambda function's environment variables."""
        return cls(
            Configuration.from_environment(environment),
            Allowed.from_environment(environment),
            Limits.from_environment(environment),
            int(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        )


@dataclass(frozen=True)
class Services:
    """The bucket and the state machines, and how many seconds the function has left for them."""

    bucket: Bucket
    states: "SFNClient"
    seconds_left: Callable[[], float]


@speaking(stack_language)
@explain_refusals
def handler(event: StartEvent, context: Any) -> State:
    """Lambda's entry."""
    settings = Settings.from_environment(os.environ)
    return check_pair(
        event["Input"],
        Execution.of(event),
        settings,
        Services(
            Bucket(settings.configuration.bucket, clients.s3()),
            clients.step_functions(),
            lambda: context.get_remaining_time_in_millis() / 1000,
        ),
    )


def check_pair(event: Any, execution: Execution, settings: Settings, services: Services) -> State:
    """The state that the execution goes on with; ``Outcome`` tells which way.

    Returns:
        ``Outcome`` is ``NothingToDo``, ``WaitingForPartner``, ``WaitingForBudget``,
        ``AlreadyRunning`` or ``Ready``, and ``Message`` says why; a ready run also has ``Run``,
        ``Claim``, ``Line``, ``Configuration``, ``Profile`` and ``Check``.

    Raises:
        PairRejected: the files can't be trained on.
        CodeUnusable: the training code is not there, or is none.
        TryAgain: another execution wrote the claim at the same moment.
    """
    bucket = services.bucket
    request = resolve_request(bucket, asked_for(event))
    if request is None:
        return _nothing_to_do()
    place = keep_place(bucket, execution.run, request.waited) if request.waited else None
    if request.waited and not place:
        return _no_longer_in_line(request)
    pair = read_pair(bucket, execution.run) or (place.pair if place else None)
    if pair is None:
        uploads = find_uploads(bucket, request)
        pair = pair_of(request, uploads)
        if pair is None:
            return _waiting_for_partner(request.dataset, uploads)
    forced_by = place.forced_by if place else execution.arn if request.force else None
    return _claimed(_Wanted(execution, pair, forced_by, place), settings, services)


@dataclass(frozen=True)
class _Wanted:
    """A run that is to be, of a complete pair: who asked for one of its own, and the place in line
    that it has had."""

    execution: Execution
    pair: Pair
    forced_by: str | None
    place: WaitingRun | None


def _claimed(wanted: _Wanted, settings: Settings, services: Services) -> State:
    """Claims the pair for the run, and goes on with it if no other has it."""
    execution, pair, bucket = wanted.execution, wanted.pair, services.bucket
    code, asked = find_upload(bucket, TRAINING_CODE), _chosen(bucket, settings, pair)
    mine = claim_on(pair.uploads, execution.arn, execution.run)
    claimed = code and pair_identity(
        pair, code, _fingerprint(settings.configuration, asked), wanted.forced_by
    )
    # Two uploads tell of the same pair, and each may do so more often: most executions end here.
    if (
        claimed
        and not wanted.place
        and (other := find_owner(bucket, services.states, claimed, mine))
    ):
        return _already_running(pair, other)
    keep_pair(bucket, execution.run, pair)
    mark_as_taken(bucket, pair.name, pair.uploads, execution.arn)
    if not code or not claimed:
        raise code_is_gone()
    if isinstance(asked, Chosen):
        keep_language(bucket, execution.run, asked.wish.language)
    resumes = wanted.place.run if wanted.place else None
    owner = take_claim(bucket, services.states, claimed, mine, resumes)
    if wanted.place:  # its own execution has it now
        leave_line(bucket, wanted.place.since)
    if owner.claim.run != execution.run:
        return _already_running(pair, owner)
    if isinstance(asked, PairRejected):
        raise asked
    with spoken_in(asked.wish.language):
        run = _OwnRun(wanted, code, asked, claimed, owner.claim)
        return _checked_or_in_line(run, settings, services)


@dataclass(frozen=True)
class _OwnRun:
    """A run that owns its files: with which code, what is asked for, and its claim on the identity
    ``claimed``."""

    wanted: _Wanted
    code: Upload
    asked: Chosen
    claimed: str
    claim: Claim


def _checked_or_in_line(run: _OwnRun, settings: Settings, services: Services) -> State:
    """Checks the run's files if the limits have room for that, else has it wait."""
    wanted, bucket = run.wanted, services.bucket
    pair, execution, place = wanted.pair, wanted.execution, wanted.place
    try:
        if run.claim.waits:  # in an earlier attempt of this step, whose answer was lost
            raise NoRoom(spoken("Its turn has not come yet."))
        usd = check_usd({table.key: table.size for table in pair.tables}, settings.memory_mb)
        charge_check(bucket, settings.limits, usd, execution.run, in_turn=place is not None)
    except NoRoom as why:
        usd_known = place.usd if place else None
        waiting = WaitingRun(
            pair, wanted.forced_by, execution.run, execution.place, 0, usd_known, str(why)
        )
        return join_line(bucket, run.claimed, run.claim, waiting)

    check_training_code(bucket, run.code)
    passed = _check_files(services, run.asked, execution.run, pair)
    train, test = passed.profile.train, passed.profile.test
    # A column that was found to be the one to predict is what the training is told.
    wish = replace(run.asked.wish, target=passed.profile.target)
    return {
        "Outcome": "Ready",
        "Message": spoken(
            "{dataset}: {train:,} {train:row|rows} to train on, {test:,} {test:row|rows} to test "
            "on.",
            dataset=pair.name,
            train=train.rows,
            test=test.rows,
        ),
        "Run": freeze_run(bucket, execution.run, pair, run.code, passed.files),
        "Claim": claim_in_state(run.claimed, run.claim),
        "Line": {"Place": execution.place, "ForcedBy": wanted.forced_by or ""},
        "Configuration": wish.as_state(),
        "Profile": profile_state(passed.profile),
        "Check": passed.state,
    }


def _nothing_to_do() -> State:
    return {
        "Outcome": "NothingToDo",
        "Message": spoken("Only a folder was made, or a file that programs leave beside others."),
    }


def _chosen(bucket: Bucket, settings: Settings, pair: Pair) -> Chosen | PairRejected:
    """What is chosen for the dataset, or why its settings can't be used.

    It is part of the run's identity, which is claimed before anything is rejected: so the second
    event about the same uploads finds the claim, and tells nobody the same again.
    """
    stack = settings.configuration.wish
    try:
        of_input = [Written(n, v, spoken("The execution's input")) for n, v in pair.asked.items()]
        return chosen(stack, settings.allowed, _of_file(bucket, pair.settings), of_input)
    except PairRejected as error:
        return error


def _of_file(bucket: Bucket, upload: Upload | None) -> list[Written]:
    """The settings in the dataset's file of settings, if it has one."""
    if upload is None:
        return []
    found = bucket.open(upload.key, upload.version)
    if found is None:
        raise _removed(upload)
    return written_settings(found["Body"].read(LARGEST_BYTES + 1), upload.file_name)


def _fingerprint(configuration: Configuration, asked: Chosen | PairRejected) -> dict[str, object]:
    if isinstance(asked, PairRejected):
        return {**configuration.fingerprint(), "rejected": str(asked)}
    return replace(configuration, wish=asked.wish).fingerprint()


def _waiting_for_partner(dataset: Dataset, uploads: Mapping[Part, Upload]) -> State:
    missing = [dataset.key(part) for part in HALVES if part not in uploads]
    if len(missing) == len(HALVES):
        told = spoken(
            "{train} and {test} are not there yet, nor is {table}.",
            train=missing[0],
            test=missing[1],
            table=dataset.key(Part.WHOLE),
        )
    else:
        told = spoken("{file} is not there yet.", file=missing[0])
    nothing = spoken(
        "Nothing was started and nothing costs money; the run starts by itself when the data is "
        "complete."
    )
    return {"Outcome": "WaitingForPartner", "Message": f"{told} {nothing}"}


def _no_longer_in_line(request: RunRequest) -> State:
    return {
        "Outcome": "AlreadyRunning",
        "Message": spoken(
            "No run of {dataset} waits at that place in line any more: it has started, or was "
            "stopped.",
            dataset=request.dataset.name,
        ),
    }


def _already_running(pair: Pair, owner: Owner) -> State:
    return {
        "Outcome": "AlreadyRunning",
        "Message": spoken(
            "The same files of {dataset} are handled by the execution {execution} ({status}). To "
            "train them again, start an execution with {input}.",
            dataset=pair.name,
            execution=owner.claim.execution,
            status=owner.status,
            input=forcing_input(pair.name),
        ),
    }


def planned_training(wish: Wish, *, target_is_default: bool = False) -> PlannedTraining:
    """What the files are checked for when this is asked for; ``target_is_default`` says that nobody
    has named the column to predict."""
    needed_gib = partial(memory_gib_needed, presets=wish.presets)
    largest_gib = max(entry["memory_gib"] for entry in known_types().values())
    memory = MemoryEstimate(needed_gib, largest_gib)
    return PlannedTraining(
        wish.target,
        wish.presets,
        memory,
        problem_type=wish.problem_type,
        missing_labels=wish.missing_label_words,
        positive_class=wish.positive_class,
        leave_out=wish.leave_out,
        row_id=wish.row_id,
        time_column=wish.time_column,
        group_column=wish.group_column,
        test_share=wish.test_share,
        target_is_default=target_is_default,
    )


@dataclass(frozen=True)
class PassedCheck:
    """A check without errors: what both files hold, the files for the jobs by their names, and what
    the next steps get."""

    profile: PairProfile
    files: dict[str, bytes]
    state: CheckState


def _check_files(services: Services, asked: Chosen, run: str, pair: Pair) -> PassedCheck:
    """Checks the two files, or the one that is to be split, and writes what was found into the
    run's results.

    Raises:
        PairRejected: they can't be trained on.
    """
    bucket = services.bucket
    planned = planned_training(asked.wish, target_is_default="target" not in asked.fields)
    train, test = source_of(bucket, pair.train, _removed), source_of(bucket, pair.test, _removed)
    check = (
        single_check(train, planned, services.seconds_left)
        if pair.is_one_file
        else pair_check(train, test, planned, services.seconds_left)
    )
    folder = results_folder(pair.name, run)
    page = bucket.uri(f"{folder}check.html")
    body = _write_check(bucket, folder, pair.name, check, asked.wish.language)
    if check.errors or not check.profile:
        raise PairRejected(rejection(check.errors, spoken(REJECTED), page))
    state = check_state(check.findings, page)
    files = {"check.json": body}
    if check.split:
        files["test_rows.bin"] = check.split.mask
    return PassedCheck(check.profile, files, state)


def _removed(upload: Upload) -> PairRejected:
    return PairRejected(
        spoken(
            "The version of {file} that was to be checked was removed from the bucket. Nothing was "
            "charged for training. Upload it again.",
            file=upload.file_name,
        )
    )


def _write_check(
    bucket: Bucket, folder: str, name: str, check: PairCheck, language: Language
) -> bytes:
    """Writes check.html for people and check.json for programs; returns the latter."""
    found = {**check.as_json(), "language": language}
    body = json.dumps(found, ensure_ascii=False, indent=1).encode()
    page = check_page(name, check).encode()
    kinds = {"check.json": (body, "application/json"), "check.html": (page, "text/html")}
    for file_name, (content, kind) in kinds.items():
        bucket.write(f"{folder}{file_name}", content, kind)
    return body


def profile_state(pair: PairProfile) -> ProfileState:
    """What the next steps have to know of both files."""
    has_target = pair.target in pair.test.columns
    return {
        "Train": file_state(pair.train),
        "Test": {**file_state(pair.test), "HasTarget": has_target},
    }
