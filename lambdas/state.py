"""What travels through the state machines, as JSON, in the Amazon States Language's case.

Every function gets a :class:`State`, or a :class:`PredictionState` in the machine that predicts,
and returns the one to go on with. A redriven execution brings the state that an older version has
made, so fields are added and never renamed. The paths in the definitions are held against these
types by tests/workflow/test_state_paths.py.
"""

from typing import Any, Literal, NotRequired, TypedDict, TypeVar, cast

Outcome = Literal[
    "NothingToDo",
    "WaitingForPartner",
    "WaitingForModel",
    "WaitingForBudget",
    "AlreadyRunning",
    "Ready",
]
# The states in which an execution ends that had nothing to do, or has to wait.
IDLE_ENDS: frozenset[Outcome] = frozenset(
    {"NothingToDo", "WaitingForPartner", "WaitingForModel", "WaitingForBudget", "AlreadyRunning"}
)


class RunState(TypedDict):
    """The run and where everything of it is, as ``s3://`` addresses.

    ``JobName`` is how the names of its jobs begin.
    """

    Dataset: str
    Id: str
    JobName: str
    TrainData: str
    TestData: str
    Check: str
    Code: str
    CodeETag: NotRequired[str]
    Results: str


class PredictionRunState(TypedDict):
    """The prediction and where everything of it is, as ``s3://`` addresses.

    ``File`` is the upload's name without ``.csv`` or ``.csv.gz``, and begins those of the results.
    ``JobName`` is how the names of its jobs begin.
    """

    Dataset: str
    File: str
    Id: str
    JobName: str
    Rows: str
    Check: str
    Code: str
    Results: str


class ClaimState(TypedDict):
    """Who works on the uploads, and on which: their versions, with blanks between them.

    Executions that began before there were predictions have the pair's versions one by one.
    """

    Identity: str
    Execution: str
    Run: str
    Versions: NotRequired[str]
    TrainVersion: NotRequired[str]
    TestVersion: NotRequired[str]
    SettingsVersion: NotRequired[str]


class LineState(TypedDict):
    """The run's place should it have to wait, and the execution that asked for a run of its own."""

    Place: str
    ForcedBy: str


class ConfigurationState(TypedDict):
    """What the person chose, when deploying the stack or for the dataset alone."""

    Target: str
    ProblemType: str
    EvalMetric: str
    Presets: str
    TimeLimitSeconds: int
    BudgetUSD: float
    Spot: bool
    PositiveClass: NotRequired[str]
    MissingLabels: NotRequired[str]
    LeaveOut: NotRequired[list[str]]
    RowId: NotRequired[str]
    TimeColumn: NotRequired[str]
    GroupColumn: NotRequired[str]
    TestShare: NotRequired[float]
    Language: NotRequired[Literal["en", "ko"]]


class PredictionConfigurationState(TypedDict):
    """What predicting a file may cost, and the language of its page and mail."""

    BudgetUSD: float
    Language: Literal["en", "ko"]


class FileState(TypedDict):
    """A checked file; ``Bytes`` are those of its text, unpacked, in UTF-8."""

    Rows: int
    Columns: int
    Bytes: int
    MemoryBytes: int
    HasTarget: NotRequired[bool]


class ProfileState(TypedDict):
    """Both files; the test file's part tells whether it has the column to predict."""

    Train: FileState
    Test: FileState


class CheckState(TypedDict):
    """Where the check's page is, and its first warnings."""

    Report: str
    Warnings: list[str]


class StoppingCondition(TypedDict):
    """SageMaker's own limits of a training job; the second is for spot capacity alone."""

    MaxRuntimeInSeconds: int
    MaxWaitTimeInSeconds: NotRequired[int]


class CandidateState(TypedDict):
    """An instance type that a job may run on, and the most that the run can cost there."""

    Type: str
    MemoryGiB: float
    USDPerHour: float
    CostCapUSD: float
    UsualUSD: NotRequired[float]
    Reason: NotRequired[str]


class PricesState(TypedDict):
    """The price of a volume, and whose prices these are and of when."""

    VolumeUSDPerGBMonth: float
    AsOf: str


class InstanceState(TypedDict):
    """Where the jobs run, for how long at the most, and what else they may run on.

    ``Attempt`` counts the recoveries, ``SinceRedrive`` is the execution's redrive count when this
    was last chosen, ``Waited`` how many seconds the run has waited for a quota in all, and
    ``…Waits`` how often this attempt of a job has. What begins with a job's name is there where the
    state machine has that job; ``Candidates`` are the training's.
    """

    CostCapUSD: float
    VolumeGB: int
    UsualUSD: float
    Attempt: int
    SinceRedrive: int
    Prices: PricesState
    Why: str
    Waited: NotRequired[int]

    TrainType: NotRequired[str]
    Spot: NotRequired[bool]
    StoppingCondition: NotRequired[StoppingCondition]
    TrainUSDPerHour: NotRequired[float]
    Candidates: NotRequired[list[CandidateState]]
    TrainWaits: NotRequired[int]

    EvaluateType: NotRequired[str]
    EvaluateMaxSeconds: NotRequired[int]
    EvaluateUSDPerHour: NotRequired[float]
    EvaluateCandidates: NotRequired[list[CandidateState]]
    EvaluateWaits: NotRequired[int]

    PredictType: NotRequired[str]
    PredictMaxSeconds: NotRequired[int]
    PredictUSDPerHour: NotRequired[float]
    PredictCandidates: NotRequired[list[CandidateState]]
    PredictWaits: NotRequired[int]


class JobState(TypedDict):
    """How a job's step has ended. A processing job has no secondary status."""

    JobName: str
    Status: str
    SecondaryStatus: NotRequired[str]


class ModelState(TypedDict):
    """The model's object in the bucket, and its digest."""

    Key: str
    VersionId: str
    Bytes: int
    Sha256: str


class PredictingModelState(TypedDict):
    """The approved model that predicts: the run and the job that made it, its number in the model
    registry, where it is as an ``s3://`` address, how large, and its digest."""

    Run: str
    Job: str
    Version: int
    Uri: str
    Bytes: int
    Sha256: str


class CaughtError(TypedDict):
    """What a Catch leaves of an error."""

    Error: str
    Cause: str


class AttemptState(TypedDict):
    """An attempt at a job that came to nothing, and why."""

    Step: str
    Type: str
    Redrive: int
    Trouble: str
    Why: str


class JobCostState(TypedDict):
    """What one job was billed."""

    Job: str
    Type: str
    Status: str
    BilledSeconds: int
    USD: float
    SavedBySpotUSD: float


class CostState(TypedDict):
    """What the run was expected to cost, could cost at the most, and did cost."""

    EstimatedUSD: float
    MostUSD: float
    ActualUSD: float
    SavedBySpotUSD: float
    PricesAsOf: str
    Jobs: list[JobCostState]
    Text: str


class ApprovalState(TypedDict):
    """The model's version in the Model Registry, and what was decided about it, in a sentence. One
    that could not be registered has no version, and its status is empty."""

    Version: int | None
    Status: str
    Text: str


class Summary(TypedDict):
    """What Publish puts in place of the state: the execution's output, and summary.json."""

    Dataset: str
    Run: str
    Message: str
    Results: str
    Model: str
    ModelSha256: str | None
    Configuration: ConfigurationState
    Profile: ProfileState
    Check: CheckState
    Instance: InstanceState
    Attempts: list[AttemptState]
    TrainingJob: str
    EvaluationJob: str
    Cost: CostState
    Approval: NotRequired[ApprovalState]
    Metrics: dict[str, Any]


class PredictionSummary(TypedDict):
    """What PublishPrediction puts in place of the state: the execution's output.

    ``Superseded`` says that a newer upload's result stands in the results' place already.
    """

    Dataset: str
    File: str
    Run: str
    Message: str
    Predictions: str
    Page: str
    Superseded: bool
    Model: PredictingModelState
    Configuration: PredictionConfigurationState
    Rows: FileState
    Check: CheckState
    Instance: InstanceState
    Attempts: list[AttemptState]
    PredictionJob: str
    Cost: CostState
    Told: dict[str, Any]


class JobsState(TypedDict):
    """What both machines have: the outcome, the claim, where the jobs run, and how they ended.

    Only the first step's outcome is always there; each step adds its part.
    """

    Outcome: Outcome
    Message: str
    Claim: NotRequired[ClaimState]
    Check: NotRequired[CheckState]
    Instance: NotRequired[InstanceState]
    Training: NotRequired[JobState]
    Evaluation: NotRequired[JobState]
    Prediction: NotRequired[JobState]
    Attempts: NotRequired[list[AttemptState]]
    WaitSeconds: NotRequired[int]
    Failure: NotRequired[CaughtError]
    TakenOver: NotRequired[CaughtError]


class State(JobsState):
    """The whole state of a run."""

    Run: NotRequired[RunState]
    Line: NotRequired[LineState]
    Configuration: NotRequired[ConfigurationState]
    Profile: NotRequired[ProfileState]
    Model: NotRequired[ModelState]


class PredictionState(JobsState):
    """The whole state of a prediction."""

    Run: NotRequired[PredictionRunState]
    Configuration: NotRequired[PredictionConfigurationState]
    Rows: NotRequired[FileState]
    Model: NotRequired[PredictingModelState]


AnyState = State | PredictionState
StateT = TypeVar("StateT", bound=AnyState)


def prediction_in(state: AnyState) -> PredictionState | None:
    """The state as that of a prediction; None where it is that of a run."""
    return cast(PredictionState, state) if "Rows" in state else None


def language_of(state: StateT) -> Literal["en", "ko"]:
    """The language of the run; English for one that began before there was another."""
    if "Configuration" not in state:
        return "en"
    return state["Configuration"].get("Language", "en")
