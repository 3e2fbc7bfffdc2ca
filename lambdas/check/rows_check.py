"""The whole check of new rows for a trained model, before anything is paid for their prediction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from lambdas.check.findings.catalogue.rows_finding import RowsFinding
from lambdas.check.findings.file_findings import file_findings
from lambdas.check.findings.finding import Finding, most_important_first, of_file
from lambdas.check.findings.rows_findings import column_findings, value_findings
from lambdas.check.findings.rows_target import has_score, target_notes
from lambdas.check.findings.unreadable_findings import unreadable_findings
from lambdas.check.findings.vocabulary import STACK, Vocabulary
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.rows_profile import RowsProfile, rows_profile
from lambdas.check.profile.trained_file import BrokenTrainedFile, TrainedFile
from lambdas.check.reading.source import Source
from lambdas.check.reading.unreadable import Unreadable
from lambdas.language import spoken_language

__all__ = ["BrokenTrainedFile", "RowsCheck", "TrainedFile", "rows_check"]


@dataclass(frozen=True)
class RowsCheck:
    """The findings, the most important first, and the profile where the file can be read.

    The columns of the ``profile`` have the names of the training; ``renamed`` has these by the
    names in the file, where the two differ. ``has_target`` says that some rows have a true value,
    so that the predictions can be scored. What is to be done is told in the ``vocabulary``, the
    stack's unless :meth:`told_in` another.
    """

    findings: list[Finding]
    trained: TrainedFile
    profile: FileProfile | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    has_target: bool = False
    vocabulary: Vocabulary = STACK

    def told_in(self, vocabulary: Vocabulary) -> Self:
        """The same check in other words."""
        vocabulary = vocabulary.of_new_rows()
        told = [replace(finding, vocabulary=vocabulary) for finding in self.findings]
        return replace(self, findings=told, vocabulary=vocabulary)

    @property
    def errors(self) -> list[Finding]:
        """The findings for which the rows can't be predicted."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """The findings for which the predictions may be worse than the model's scores."""
        return [finding for finding in self.findings if finding.severity == "warning"]

    def as_json(self) -> dict[str, Any]:
        """What the prediction's check.json holds: what a training's does, with the part ``rows``
        in the place of ``test``."""
        trained = self.trained
        return {
            "language": spoken_language(),
            "findings": [finding.as_json() for finding in self.findings],
            "target": trained.target,
            "problem_type": trained.problem_type,
            "positive_class": trained.positive_class,
            "classes": dict(trained.classes),
            "roles": dict(trained.roles),
            "split": None,
            "train": {"format": dict(trained.format), "columns": list(map(dict, trained.told))},
            "rows": self.profile.as_json() if self.profile else None,
            "renamed": dict(self.renamed),
            "has_target": self.has_target,
            "shifts": [
                {"column": finding.column, "text": finding.seen}
                for finding in self.findings
                if finding.kind is RowsFinding.spread_changed
            ],
        }


def rows_check(rows: Source, trained: TrainedFile, seconds_left: Callable[[], float]) -> RowsCheck:
    """Checks the file. Whatever it holds is a finding and never an exception.

    Args:
        rows: the file with the new rows.
        trained: what the model was trained on.
        seconds_left: how much time there is; the reading stops when it runs out.
    """
    try:
        found = rows_profile(rows, trained, seconds_left)
    except Unreadable as error:
        check = RowsCheck(unreadable_findings([(rows.file, error)]), trained)
        return check.told_in(STACK)
    findings = _findings(found, trained)
    if not found.profile.complete:
        findings = [replace(finding, sampled=True) for finding in findings]
    check = RowsCheck(
        findings=most_important_first(of_file(rows.file, findings)),
        trained=trained,
        profile=found.profile,
        renamed=found.renamed,
        has_target=has_score(found.profile, trained),
    )
    return check.told_in(STACK)


def _findings(rows: RowsProfile, trained: TrainedFile) -> list[Finding]:
    findings = [*file_findings(rows.profile), *column_findings(rows, trained)]
    if not any(finding.severity == "error" for finding in findings):
        findings += value_findings(rows, trained) + target_notes(rows.profile, trained)
    return findings
