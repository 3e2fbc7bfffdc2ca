"""Every path through a state machine's definition: what may happen in each state, and what follows.

The definition is interpreted as it stands; Recover is the real one. What is left out is data that
no path depends on. Limits on recoveries and waits are made small, for all that matters is that
there are some.
"""

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from lambdas.bucket.run_name import began
from lambdas.errors import BudgetTooSmall, JobFailed
from lambdas.jobs.kind import JobKind
from lambdas.jobs.recovery import decide
from lambdas.recover import applied, describe_case
from tests.lambdas.picked_run import picked, picked_prediction
from tests.lambdas.sagemaker_jobs import SageMakerJobs

SUCCEEDED, FAILED = "SUCCEEDED", "FAILED"
# Asked for at each recovery, always of the same run.
_began = functools.cache(began)
MOST_RETRIES_TRIED = 1

# How a job that ran may fail: what Recover recovers from, and what is a person's to see.
JOB_FAILURES = ["CapacityError: No machine.", "AlgorithmError: The column is odd., exit code: 1"]
# How a job's creation may be answered, and whether the job was made all the same.
CREATE_ERRORS = [
    ("SageMaker.ThrottlingException", "Rate exceeded", False),
    ("SageMaker.AmazonSageMakerException", "(Status Code: 400; Error Code: AccessDenied)", False),
    ("SageMaker.AmazonSageMakerException", "(Status Code: 500; Error Code: Internal)", False),
    ("SageMaker.AmazonSageMakerException", "(Status Code: 500; Error Code: Internal)", True),
    ("SageMaker.ResourceLimitExceededException", "is 2 Instances", False),
]


# What PickInstance makes of a run, and of a prediction.
PICKED: dict[bool, dict[str, Any]] = {
    False: {**picked(budget=100)},
    True: {**picked_prediction(budget=100)},
}
# What a path can depend on of a run's data; the rest is always what PickInstance gave.
_VARIES = {
    "Outcome",
    "Reserved",
    "Paused",
    "Failure",
    "Training",
    "Model",
    "Evaluation",
    "Prediction",
    "WaitSeconds",
    "Attempts",
}
_MOST_ATTEMPTS_AHEAD = 8
_VARIES_IN_INSTANCE = {
    "TrainType",
    "EvaluateType",
    "Attempt",
    "SinceRedrive",
    "Waited",
    "TrainWaits",
    "EvaluateWaits",
    "PredictType",
    "PredictWaits",
}


class Config(NamedTuple):
    """An execution about to enter ``state``.

    ``jobs`` are names and statuses, oldest first, of the jobs that may still matter; ``predicts``
    tells a prediction from a run. There are many thousands, each made, hashed and compared often.
    """

    state: str
    data: str
    redrives: int = 0
    jobs: tuple[tuple[str, str], ...] = ()
    predicts: bool = False

    @property
    def whole(self) -> dict[str, Any]:
        """The data with all that is the same on every path."""
        data: dict[str, Any] = json.loads(self.data)
        picked = PICKED[self.predicts]
        if "Instance" not in data:
            return {"Run": picked["Run"]} | data
        instance = picked["Instance"] | data["Instance"]
        return picked | data | {"Instance": instance}

    def with_job(self, name: str, status: str) -> "Config":
        others = tuple(job for job in self.jobs if job[0] != name)
        return self._replace(jobs=(*others, (name, status)))


class Violation(AssertionError):
    """A path on which something happens that must not."""


Step = tuple[str, Config]


class Machine:
    """What may follow each configuration; the first is what follows when nothing goes wrong."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.states: dict[str, Any] = definition["States"]
        self.start = Config(
            definition["StartAt"], "{}", predicts=definition["StartAt"] == "CheckRows"
        )
        self._names: dict[tuple[str, int, int], tuple[tuple[str, ...], set[str]]] = {}
        self._following: dict[Config, list[Step]] = {}
        self._slimmed: dict[Config, Config] = {}
        self._ahead = {name: _reachable(self.states, name) for name in self.states}
        self._kinds_ahead = {
            name: [kind for kind in JobKind if self._is_ahead(name, kind)] for name in self.states
        }

    def following(self, config: Config) -> list[Step]:
        if config not in self._following:
            state = self.states[config.state]
            steps = getattr(self, f"_{state['Type'].lower()}")(config, state)
            self._following[config] = [
                (label, self._without_what_is_past(after)) for label, after in steps
            ]
        return self._following[config]

    def _without_what_is_past(self, config: Config) -> Config:
        """Without all that no path can depend on any more, so that like becomes equal."""
        if config not in self._slimmed:
            self._slimmed[config] = self._slim(config)
        return self._slimmed[config]

    def _slim(self, config: Config) -> Config:
        state = config.state.removeprefix(f"{FAILED} ")
        data = json.loads(config.data)
        if state == SUCCEEDED:
            return config._replace(data="{}", jobs=())
        if "Instance" not in data:
            return config._replace(jobs=())
        begins, may_come = self._names_ahead(state, data["Instance"]["Attempt"], config.redrives)
        ahead = self._kinds_ahead[state]
        for kind in JobKind:
            if kind in ahead:
                continue
            data["Instance"].pop(f"{kind}Type", None)
            if kind.result in data:
                data[kind.result] = {"Status": data[kind.result]["Status"]}
        # What was tried before the last redrive counts for memory alone, which no failure here is.
        tried = [
            attempt | {"Why": "", "Trouble": ""}
            for attempt in data.pop("Attempts", [])
            if attempt["Redrive"] == config.redrives and attempt["Step"] in ahead
        ]
        data |= {"Attempts": tried} if tried else {}
        text = _text(data)
        kept = tuple(
            (name, status if status in {"InProgress", "Completed"} else "Ended")
            for name, status in config.jobs
            if status == "InProgress"
            or name in may_come
            or name in text
            or (status == "Completed" and name.startswith(begins))
        )
        return config._replace(data=text, jobs=kept)

    def _is_ahead(self, state: str, job: str) -> bool:
        """Whether ``state`` may yet lead to the job or to its recovery."""
        ways = [self.states[name] for name in self._ahead[state]]
        recovered = [way["Parameters"]["Payload"].get("Step") for way in ways if _is_function(way)]
        return job in self._ahead[state] or job in recovered

    def _names_ahead(
        self, state: str, attempt: int, redrives: int
    ) -> tuple[tuple[str, ...], set[str]]:
        """How this attempt's job names begin, and all the names that may yet be given."""
        key = (state, attempt, redrives)
        if key not in self._names:
            names = [name for at in self._ahead[state] if (name := _job_name(self.states[at]))]
            begins = [_formatted(name, _at_attempt(attempt), "", "").rstrip("-") for name in names]
            may_come = {
                _formatted(name, _at_attempt(attempt + more), redrives + again, retries)
                for name in names
                for more in range(_MOST_ATTEMPTS_AHEAD)
                for again in range(2)
                for retries in range(MOST_RETRIES_TRIED + 1)
            }
            self._names[key] = (tuple(begins), may_come)
        return self._names[key]

    def redriven(self, config: Config) -> Config:
        """A failed execution once more, from the state in which it failed."""
        return config._replace(redrives=config.redrives + 1)

    def _succeed(self, config: Config, _state: Any) -> Iterator[Step]:
        data = json.loads(config.data)
        taken_over = data.get("TakenOver", {}).get("Error") == "AlreadyHandled"
        if data["Outcome"] == "Ready" and not taken_over:
            raise Violation(f"The run succeeds in {config.state} without having done its work")
        yield "ends", config._replace(state=SUCCEEDED)

    def _fail(self, config: Config, _state: Any) -> Iterator[Step]:
        yield "fails", config._replace(state=f"{FAILED} {config.state}")

    def _choice(self, config: Config, state: Any) -> Iterator[Step]:
        data = json.loads(config.data)
        for rule in state["Choices"]:
            if _holds(rule, data):
                yield "goes on", config._replace(state=rule["Next"])
                return
        if "Default" not in state:
            raise Violation(f"{config.state} has no way for {data}")
        yield "goes on", config._replace(state=state["Default"])

    def _wait(self, config: Config, state: Any) -> Iterator[Step]:
        if "WaitSeconds" not in json.loads(config.data):
            raise Violation(f"{config.state} is not told how long to wait")
        after = config._replace(state=state["Next"])
        running = [name for name, status in config.jobs if status == "InProgress"]
        for status in ("Completed", "InProgress", "Failed", "Stopped") if running else ("",):
            ended = after
            for name in running:
                ended = ended.with_job(name, status)
            yield f"waits {status}", ended
        yield "is stopped", self._failed(config)

    def _task(self, config: Config, state: Any) -> Iterator[Step]:
        if name := _job_name(state):
            yield from self._job(config, state, name)
        else:
            yield from self._function(config, state)

    def _function(self, config: Config, state: Any) -> Iterator[Step]:
        name = re.sub(r"\W|Function", "", state["Parameters"]["FunctionName"])
        results: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
            "CheckPair": lambda: [
                {"Outcome": "Ready"},
                {"Outcome": "NothingToDo"},
                {"Outcome": "WaitingForPartner"},
                {"Outcome": "WaitingForBudget"},
                {"Outcome": "AlreadyRunning"},
            ],
            "CheckRows": lambda: self._rows_checked(config),
            "ReserveBudget": lambda: self._reserved(config),
            "SealModel": lambda: [json.loads(config.data) | {"Model": {"Sha256": "0" * 64}}],
            "PickInstance": lambda: [
                config.whole
                | {
                    "Instance": PICKED[config.predicts]["Instance"]
                    | {"SinceRedrive": config.redrives}
                }
            ],
            "Recover": lambda: [self._recovered(config, state)],
            "Publish": lambda: [json.loads(config.data)],
            "PublishPrediction": lambda: [_with_prediction(json.loads(config.data))],
        }
        try:
            for result in results[name]():
                yield "ok", self._to_next(config, state, result)
        except (JobFailed, BudgetTooSmall) as error:
            yield type(error).__name__, self._error(config, state, type(error).__name__, "")
        yield "dies", self._error(config, state, "Runtime.ExitError", "")
        if config.redrives:
            yield "taken over", self._error(config, state, "AlreadyHandled", "")
        yield "is stopped", self._failed(config)

    def _rows_checked(self, config: Config) -> Iterator[dict[str, Any]]:
        for outcome in ("Ready", "NothingToDo", "WaitingForModel", "AlreadyRunning"):
            yield {"Outcome": outcome}
        yield self._paused(config)

    def _reserved(self, config: Config) -> Iterator[dict[str, Any]]:
        yield json.loads(config.data) | {"Reserved": True, "Outcome": "Ready"}
        yield self._paused(config) if config.predicts else {"Outcome": "WaitingForBudget"}

    def _paused(self, config: Config) -> dict[str, Any]:
        """A prediction that waits for room, which it may only for so long: here, once."""
        data = json.loads(config.data)
        if data.get("Paused"):
            raise BudgetTooSmall
        return {**data, "Outcome": "WaitingForBudget", "WaitSeconds": 1, "Paused": True}

    def _recovered(self, config: Config, state: Any) -> Any:
        kind = JobKind(state["Parameters"]["Payload"]["Step"])
        sagemaker: Any = SageMakerJobs(config.jobs)
        before: Any = config.whole
        case = describe_case(before, kind, config.redrives, sagemaker, _began(before["Run"]["Id"]))
        return applied(decide(case, 0.5), case, before)

    def _job(self, config: Config, state: Any, name: str, retries: int = 0) -> Iterator[Step]:
        data = config.whole
        _check_that_it_is_due(config, data)
        called = _formatted(name, data, config.redrives, retries)
        if called in dict(config.jobs):
            raise Violation(f"The job name {called} is used twice")
        if running := [job for job, status in config.jobs if status == "InProgress"]:
            raise Violation(f"{called} is paid for beside {running}, which runs")

        def with_result(status: str) -> Config:
            result = {"JobName": called, "Status": status, "SecondaryStatus": status}
            field = state["ResultPath"].removeprefix("$.")
            return self._to_next(config.with_job(called, status), state, data | {field: result})

        yield "ok", with_result("Completed")
        yield "the job is stopped", with_result("Stopped")
        for reason in JOB_FAILURES:
            ended = config.with_job(called, "Failed")
            cause = json.dumps({"TrainingJobName": called, "FailureReason": reason})
            yield reason, self._error(ended, state, "States.TaskFailed", cause)
        for error, cause, made in CREATE_ERRORS:
            after = config.with_job(called, "InProgress") if made else config
            if retries < _retries_of(state, error):
                for label, following in self._job(after, state, name, retries + 1):
                    yield f"{error} {cause}, {label}", following
            else:
                yield f"{error} {cause}", self._error(after, state, error, cause)
        yield "is stopped", self._failed(config.with_job(called, "Stopped"))

    def _error(self, config: Config, state: Any, error: str, cause: str) -> Config:
        """Where an error leads that is retried no more."""
        for catcher in state.get("Catch", []):
            if {error, "States.ALL"} & set(catcher["ErrorEquals"]):
                field = catcher["ResultPath"].removeprefix("$.")
                data = json.loads(config.data) | {field: {"Error": error, "Cause": cause}}
                return config._replace(state=catcher["Next"], data=_text(data))
        return self._failed(config)

    def _failed(self, config: Config) -> Config:
        return config._replace(state=f"{FAILED} {config.state}")

    def _to_next(self, config: Config, state: Any, data: dict[str, Any]) -> Config:
        slim = {name: value for name, value in data.items() if name in _VARIES}
        if "Instance" in data:
            instance = data["Instance"]
            slim["Instance"] = {k: v for k, v in instance.items() if k in _VARIES_IN_INSTANCE}
        slim |= {"WaitSeconds": 1} if "WaitSeconds" in data else {}
        return config._replace(state=state.get("Next", SUCCEEDED), data=_text(slim))


def _holds(rule: dict[str, Any], data: dict[str, Any]) -> bool:
    value: Any = data
    for field in rule["Variable"].removeprefix("$.").split("."):
        is_present = isinstance(value, dict) and field in value
        value = value[field] if is_present else None
    if "IsPresent" in rule:
        return bool(is_present == rule["IsPresent"])
    if not is_present:
        raise Violation(f"A choice asks for {rule['Variable']}, which is not there")
    return bool(value == rule["StringEquals"])


def _check_that_it_is_due(config: Config, data: dict[str, Any]) -> None:
    """Refuses a job for which something is missing."""
    if data.get("Outcome") != "Ready" or "Instance" not in data:
        raise Violation(f"{config.state} is paid for before the pair and the instance are known")
    if not data.get("Reserved"):
        raise Violation(f"{config.state} is paid for before its money is reserved")
    if config.state == "Evaluate" and data.get("Training", {}).get("Status") != "Completed":
        raise Violation("An evaluation is paid for where no training is done")
    if config.state == "Evaluate" and "Model" not in data:
        raise Violation("An evaluation is paid for whose model nobody knows")


def _with_prediction(data: dict[str, Any]) -> dict[str, Any]:
    """What Publish of a prediction goes on with."""
    if data.get("Prediction", {}).get("Status") != "Completed":
        raise Violation("A prediction is published that is not done")
    return data


def _formatted(name: str, data: dict[str, Any], redrives: object, retries: object) -> str:
    """What States.Format makes of its arguments."""
    known = {
        "$.Run.JobName": data["Run"]["JobName"],
        "$.Instance.Attempt": data["Instance"]["Attempt"],
        "$$.Execution.RedriveCount": redrives,
        "$$.State.RetryCount": retries,
    }
    found = re.fullmatch(r"States\.Format\('(.*)', (.*)\)", name)
    assert found
    values = [known[argument] for argument in found[2].split(", ")]
    return found[1].format(*values)


def _job_name(state: Any) -> str:
    """The expression for the job's name, where the state is a job."""
    parameters = state.get("Parameters", {})
    return str(parameters.get("TrainingJobName.$") or parameters.get("ProcessingJobName.$") or "")


def _is_function(state: Any) -> bool:
    return isinstance(state.get("Parameters", {}).get("Payload"), dict)


def _at_attempt(attempt: int) -> dict[str, Any]:
    """Both machines' jobs are called after the same run here."""
    return {"Run": PICKED[False]["Run"], "Instance": {"Attempt": attempt}}


def _reachable(states: dict[str, Any], start: str) -> list[str]:
    reached, ahead = [], [start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.append(name)
            state = states[name]
            ways = [*state.get("Choices", []), *state.get("Catch", []), state]
            ahead += [way["Next"] for way in ways if "Next" in way]
            ahead += [state["Default"]] if "Default" in state else []
    return reached


def _retries_of(state: Any, error: str) -> int:
    for retrier in state.get("Retry", []):
        if {error, "States.ALL", "States.TaskFailed"} & set(retrier["ErrorEquals"]):
            return min(int(retrier["MaxAttempts"]), MOST_RETRIES_TRIED)
    return 0


_text = json.JSONEncoder(sort_keys=True).encode
