"""A job's log as it grows, and what a training's log tells."""

from datetime import UTC, datetime
from typing import Any

from operate.runs.job_log import JobLog, log_lines
from operate.runs.progress import FittedModel, Training
from operate.runs.story import Job

JOB = Job("job-1", "/aws/sagemaker/TrainingJobs")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
A_PAGE = 100


class Logs:
    """CloudWatch's logs with one stream, as GetLogEvents gives it: its last token comes again."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.asked: list[int] = []
        self.exceptions = type("E", (), {"ResourceNotFoundException": KeyError})

    def describe_log_streams(self, **asked: Any) -> Any:
        names = ["job-1/algo-1-17", "job-1/algo-1-42", "job-10/algo-1-99"] if self.lines else []
        prefix = asked["logStreamNamePrefix"]
        return {"logStreams": [{"logStreamName": n} for n in names if n.startswith(prefix)]}

    def get_log_events(self, **asked: Any) -> Any:
        assert asked["logStreamName"] == "job-1/algo-1-42" and asked["startFromHead"]
        first = int(asked.get("nextToken", 0))
        self.asked.append(first)
        lines = self.lines[first : first + A_PAGE]
        events = [{"message": line, "timestamp": AT.timestamp() * 1000} for line in lines]
        return {"events": events, "nextForwardToken": str(first + len(lines))}


def test_a_log_is_read_on_and_not_again() -> None:
    logs: Any = Logs()
    log = JobLog(logs, JOB)
    assert log.new_lines() == [] and not log.seen.lines
    logs.lines = [f"line {n}" for n in range(250)]
    assert [line.text for line in log.new_lines()] == logs.lines
    logs.asked.clear()
    assert log.new_lines() == [] and logs.asked == [250]
    logs.lines.append("\x1b[1mone more\x1b[0m\tat the end\r\n")
    [line] = log.new_lines()
    assert line.text == "one more    at the end" and line.at == AT
    assert log.seen.count == 251 and log.seen.lines[-1] == line.text


def test_of_a_long_log_the_end_is_kept_and_all_can_be_had() -> None:
    logs: Any = Logs()
    logs.lines = [str(n) for n in range(1000)]
    log = JobLog(logs, JOB)
    log.new_lines()
    assert log.seen.count == 1000 and len(log.seen.lines) < 1000 and log.seen.lines[-1] == "999"
    assert [line.text for line in log_lines(logs, JOB)] == logs.lines


def test_every_model_is_on_the_leaderboard_with_its_score_and_time() -> None:
    training = Training()
    for line in (
        "Time budget: 60 s",
        "Fitting model: LinearModel ... Training model for up to 14.80s",
        "\t0.91\t = Validation score   (f1)",
        "\t0.27s\t = Training   runtime",
        "\t0.08s\t = Validation runtime",
        "Fitting model: LightGBM ... ",
        "\t0.97\t = Validation score   (f1)",
        "\t3.93s\t = Training   runtime",
        "Fitting model: CatBoost ... ",
    ):
        training.read(line)
    assert training.leaderboard == [
        FittedModel("LightGBM", 0.97, 3.93),
        FittedModel("LinearModel", 0.91, 0.27),
    ]
    assert (training.budget, training.fitting, training.models) == (60, "CatBoost", 2)


def test_a_score_that_is_no_number_is_passed_over() -> None:
    training = Training()
    told = [
        "Time budget: 60 s",
        "Fitting model: Tree ...",
        "\t0.5\t = Validation score   (roc_auc)",
        "\t1.25s\t = Training   runtime",
        "Fitting model: Forest ...",
        "\tnan\t = Validation score   (roc_auc)",
        "\t2.5s\t = Training   runtime",
        "\tinf\t = Validation score   (roc_auc)",
        "\tfine\t = Validation score   (roc_auc)",
        "\t1..2s\t = Training   runtime",
        "Time budget: 1.2.3 s",
    ]
    for line in told:
        training.read(line)
    assert training.leaderboard == [FittedModel("Tree", 0.5, 1.25)]
    assert (training.budget, training.models, training.best_score) == (60.0, 4, 0.5)
