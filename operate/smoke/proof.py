"""One smoke from the making of the stack to its removal, whatever happens in between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import Account, CannotDo, explained
from operate.error_answer import reason_of
from operate.runs.runs import newest_runs
from operate.smoke.answers import save_answers
from operate.smoke.estimate import Estimate
from operate.smoke.findings import Findings
from operate.smoke.own_stack import OwnStack
from operate.smoke.trials import Trials, cost_of_all
from operate.smoke.watch import Watch
from operate.stack.deployment import Show, StackEvent

STACK, WHOLE, CLEAN = "the stack", "the smoke", "the clean-up"
_MOST_RUNS = 200
_KEPT = (
    "AWS keeps, at little or no cost, the jobs' records and their logs in "
    "/aws/sagemaker/TrainingJobs and /aws/sagemaker/ProcessingJobs (names with codefree-smoke-)."
)


@dataclass
class Proof:
    """The stack, what the runs may cost, where answers go, and who is told of what happens."""

    account: Account
    stack: OwnStack
    estimate: Estimate
    out: Path
    tell: Callable[[str], None]
    show: Show
    findings: Findings = field(default_factory=Findings)
    usd: float | None = None
    _has_made: bool = False
    _saved: int = 0
    _cut_off: int = 0

    def run(self, template: str, parameters: dict[str, str]) -> None:
        """Makes the stack, tries it and removes it; all that is seen is in ``findings``.

        Raises:
            CannotDo: the removal was interrupted; the text says what to do.
        """
        watch = None
        try:
            with explained(self.account):
                watch = self._watch(template, parameters)
                Trials(watch, self.estimate.run, self.findings).run()
        except KeyboardInterrupt:
            self.findings.see(WHOLE, "it runs to the end", "you stopped it", fits=False)
        except CannotDo as reason:
            self.findings.see(WHOLE, "it runs to the end", str(reason), fits=False)
        finally:
            try:
                self._end(watch)
            except KeyboardInterrupt:
                raise CannotDo(
                    "The clean-up was interrupted, and what is left keeps costing money. Delete it "
                    f"with: {self.stack.by_hand}"
                ) from None

    def in_words(self) -> str:
        """Cost, files and what is left, for the end."""
        if not self._has_made:
            return "Nothing was created, so it cost nothing."
        return f"{self._cost_in_words()}\n{self._answers_in_words()}\n{_KEPT}"

    def _cost_in_words(self) -> str:
        most = f"{self.estimate.most:.2f}"
        if self.usd is None:
            return f"The cost is unknown, but at most {most} USD."
        cut_off = ", without the interrupted run" if self._cut_off else ""
        return (
            f"The jobs' billed time cost {self.usd:.3f} USD{cut_off}, of at most {most}. Functions "
            "and workflow add about a cent."
        )

    def _answers_in_words(self) -> str:
        if not self._saved:
            return "No answers were saved."
        executions = "1 execution" if self._saved == 1 else f"{self._saved} executions"
        return (
            f"AWS's answers about {executions} are in {self.out}, without account numbers and keys."
        )

    def _watch(self, template: str, parameters: dict[str, str]) -> Watch:
        made = self.stack.made(template, parameters, self._show_made)
        self._has_made = True
        self.findings.see(STACK, "it is created", made.status, fits=True)
        return Watch(self.account, made.outputs["StateMachineArn"], self.stack.bucket, self.tell)

    def _show_made(self, event: StackEvent) -> None:
        self._has_made = True
        self.show(event)

    def _end(self, watch: Watch | None) -> None:
        """Keeps what can be kept, and removes the stack whether or not that went well."""
        try:
            if watch:
                self._keep(watch)
            else:  # nothing was uploaded
                self.usd = 0.0
            self.tell("Deleting the stack.")
        except KeyboardInterrupt:
            self.findings.see(WHOLE, "AWS's answers are saved", "you stopped it", fits=False)
        finally:
            left = self.stack.remove(self.show)
            expected = "nothing is left that costs money"
            self.findings.see(CLEAN, expected, left or "nothing left", not left)

    def _keep(self, watch: Watch) -> None:
        """The cost and AWS's answers. Without them the stack is removed all the same."""
        try:
            runs = newest_runs(watch.states, watch.state_machine, _MOST_RUNS)
            self._cut_off = sum(run.is_running for run in runs)
            self.usd = cost_of_all(watch, runs)
            for _ in save_answers(watch, runs, self.out):
                self._saved += 1
        except (OSError, BotoCoreError, ClientError) as reason:
            self.findings.see(WHOLE, "AWS's answers are saved", reason_of(reason), fits=False)
