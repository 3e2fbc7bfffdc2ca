"""The trials of ``codefree smoke``: what passes, what does not, and what is waited for."""

import signal
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.jobs.described_job import DescribedJob
from operate.account import Account
from operate.runs.runs import Run
from operate.smoke import trials, watch
from operate.smoke.findings import Findings
from operate.smoke.pair import pair
from operate.smoke.trials import Trials
from operate.smoke.watch import TookTooLong, Watch
from operate.smoke_command import _ended_as_by_ctrl_c

RUN = Run(
    execution="arn:aws:states:us-east-1:1:execution:m:e",
    dataset="smoke 시험 (1)",
    name="20260101-000000000-abcdef",
    status="SUCCEEDED",
    state="Publish",
    finished=(),
    started=datetime(2026, 1, 1, tzinfo=UTC),
    took=timedelta(0),
    redrives=0,
    error="",
    why="",
    not_redrivable=None,
)


@dataclass(frozen=True)
class Otherwise(Watch):
    """Every run ends as ``end`` says, with training jobs of these ``types``."""

    end: Run = RUN
    types: tuple[str, ...] = ()

    def started(self, pair: Any) -> tuple[Run, int]:
        return self.end, 1

    def ended(self, run: Run, redrives: int = 0) -> Run:
        return self.end

    def training_under_way(self, run: Run) -> Any:
        return None

    def training_jobs(self, run: Run) -> list[DescribedJob]:
        return [DescribedJob(name, "Failed", "Failed", name, 0, 0, {}) for name in self.types]

    def stop_training(self, job: DescribedJob) -> None: ...

    def put_training_code(self, archive: bytes) -> None: ...

    def redrive(self, run: Run) -> None: ...


@pytest.mark.parametrize(
    ("end", "types", "unmet"),
    [
        (
            {"status": "FAILED", "state": "Train", "why": "It broke."},
            ("ml.m5.large",),
            {
                "it finishes with results",
                "the run fails with a reason",
                "it is retried with more memory",
                "then the run fails with a reason",
            },
        ),
        (
            {"status": "FAILED", "state": "RecoverTraining", "why": "The memory ran out."},
            ("ml.m5.xlarge", "ml.m5.large"),
            {
                "it finishes with results",
                "the run fails with a reason",
                "it is retried with more memory",
            },
        ),
    ],
)
def test_runs_that_end_otherwise_do_not_pass(
    end: dict[str, Any], types: tuple[str, ...], unmet: set[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(trials, "cost_of", lambda *_: 0.0)
    findings = Findings()
    other = Otherwise(Account(), "m", "b", lambda _: None, end=replace(RUN, **end), types=types)
    Trials(other, 0.2, findings).run()
    assert {finding.expected for finding in findings.found if not finding.fits} == unmet


@pytest.mark.parametrize(("usd", "fits"), [(0.2, True), (0.21, False)])
def test_a_run_that_cost_more_than_it_may_does_not_pass(
    usd: float, fits: bool, monkeypatch: Any
) -> None:
    monkeypatch.setattr(trials, "cost_of", lambda *_: usd)
    findings = Findings()
    failed = replace(RUN, status="FAILED", why="The memory ran out.")
    other = Otherwise(
        Account(), "m", "b", lambda _: None, end=failed, types=("ml.m5.large", "ml.m5.xlarge")
    )
    Trials(other, 0.2, findings).run()
    costs = [f.fits for f in findings.found if f.expected.startswith("at most 0.20")]
    assert costs and set(costs) == {fits}


def test_what_never_starts_is_said_and_ends_the_trials() -> None:
    class Silent(Otherwise):
        def started(self, pair: Any) -> tuple[Run, int]:
            raise TookTooLong("No run got past CheckPair.")

    findings = Findings()
    Trials(Silent(Account(), "m", "b", lambda _: None), 0.2, findings).run()
    [finding] = findings.found
    assert not finding.fits and finding.seen == "No run got past CheckPair."


def test_an_upload_that_a_new_bucket_does_not_tell_of_is_made_again(monkeypatch: Any) -> None:
    looks = iter([[], [], [replace(RUN, name="", status="RUNNING")], [RUN]])
    monkeypatch.setattr(watch, "newest_runs", lambda *_: next(looks))
    monkeypatch.setattr(watch, "UPLOAD_AGAIN_SECONDS", 0)
    monkeypatch.setattr(watch, "POLL_SECONDS", 0)
    made: list[str] = []
    monkeypatch.setattr(Watch, "upload", lambda _, pair: made.append(pair.name))
    seen = Watch(Account(endpoint="http://127.0.0.1:1"), "m", "b", lambda _: None)
    assert seen.started(pair(1)) == (RUN, 4)
    assert made == [RUN.dataset] * 4


def test_the_end_before_a_redrive_is_not_taken_for_the_one_after_it(monkeypatch: Any) -> None:
    after = replace(RUN, redrives=1)
    looks = iter([replace(RUN, status="FAILED"), replace(after, status="RUNNING"), after])
    monkeypatch.setattr(watch, "run_of", lambda *_: next(looks))
    monkeypatch.setattr(watch, "POLL_SECONDS", 0)
    told: list[str] = []
    seen = Watch(Account(endpoint="http://127.0.0.1:1"), "m", "b", told.append)
    assert seen.ended(RUN, redrives=1) == after
    assert told[-1] == f"{RUN.dataset}: SUCCEEDED (rerun 1)"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_otherwise_leaves_time_for_the_clean_up(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), _ended_as_by_ctrl_c():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_a_shell_that_says_again_that_the_terminal_is_gone_does_not_end_the_clean_up() -> None:
    with _ended_as_by_ctrl_c():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGHUP)
