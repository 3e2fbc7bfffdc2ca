"""The whole check of a pair: both files read, and everything that is to be said of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from lambdas.check.findings.catalogue.families import NEED_EVERY_ROW
from lambdas.check.findings.copy_findings import copy_findings
from lambdas.check.findings.feature_findings import feature_findings
from lambdas.check.findings.file_findings import file_findings
from lambdas.check.findings.finding import Finding, most_important_first, of_file
from lambdas.check.findings.number_findings import number_findings
from lambdas.check.findings.outlier_findings import outlier_findings
from lambdas.check.findings.pair_findings import pair_findings
from lambdas.check.findings.positive_class_findings import positive_class_findings
from lambdas.check.findings.role_findings import role_errors, shared_findings
from lambdas.check.findings.same_things import same_things
from lambdas.check.findings.sample_findings import sample_findings
from lambdas.check.findings.size_findings import size_findings
from lambdas.check.findings.spread_findings import spread_findings
from lambdas.check.findings.target_findings import target_findings, target_found
from lambdas.check.findings.target_shift import target_shift
from lambdas.check.findings.unreadable_findings import unreadable_findings
from lambdas.check.findings.vocabulary import STACK, Vocabulary
from lambdas.check.profile.column_readings import WantedTarget
from lambdas.check.profile.column_roles import NO_ROLES, ColumnRoles
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.pair_profile import PairProfile, pair_profile
from lambdas.check.profile.positive_class import AUTO, named_class
from lambdas.check.profile.row_split import RowSplit
from lambdas.check.profile.shared_values import comes_day_first
from lambdas.check.profile.spread import trained_columns
from lambdas.check.reading.header import plain_names
from lambdas.check.reading.source import Source
from lambdas.wish import WantedType


@dataclass(frozen=True)
class PairCheck:
    """The findings, the most important first, and the profile where both files can be read.

    ``positive_class`` is the class that the person has named, as it is written in the train file;
    None where the choice is left to the training. What is to be done is told in the ``vocabulary``,
    the stack's unless :meth:`told_in` another. ``roles`` are the columns that play a part of their
    own; ``split`` says which rows of a single file are tested, and is None for a pair.
    """

    findings: list[Finding]
    profile: PairProfile | None
    positive_class: str | None = None
    vocabulary: Vocabulary = STACK
    roles: ColumnRoles = NO_ROLES
    split: RowSplit | None = None
    is_of_one_file: bool = False

    def told_in(self, vocabulary: Vocabulary) -> Self:
        """The same check in other words."""
        vocabulary = vocabulary.of_one_file() if self.is_of_one_file else vocabulary
        told = [replace(finding, vocabulary=vocabulary) for finding in self.findings]
        return replace(self, findings=told, vocabulary=vocabulary)

    @property
    def errors(self) -> list[Finding]:
        """The findings for which the pair can't be trained on."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def as_json(self) -> dict[str, Any]:
        """What check.json holds."""
        return {
            "findings": [finding.as_json() for finding in self.findings],
            "target": self.profile.target if self.profile else None,
            "problem_type": self._problem_type,
            "train": self._train_as_json(),
            "test": self.profile.test.as_json() if self.profile else None,
            "classes": dict(self.profile.train.columns[self.profile.target].values.most_common())
            if self.profile and self.profile.target in self.profile.train.columns
            else None,
            "positive_class": self.positive_class,
            "roles": self.roles.as_json() | {"day_first": self._times_begin_with_days},
            "split": self.split.as_json() if self.split else None,
        }

    @property
    def _problem_type(self) -> str | None:
        profile = self.profile
        return profile.problem_type if profile and profile.target in profile.train.columns else None

    def _train_as_json(self) -> dict[str, Any] | None:
        if not self.profile:
            return None
        train = self.profile.train
        return {**train.as_json(), "columns": trained_columns(train, self.profile.readings)}

    @property
    def _times_begin_with_days(self) -> bool:
        parts = (self.profile.train, self.profile.test) if self.profile else ()
        return any(comes_day_first(part.columns.get(self.roles.time)) for part in parts)


@dataclass(frozen=True)
class MemoryEstimate:
    """The memory in GiB that a machine needs for two tables that take so many bytes when they are
    loaded, and the most that an instance type has."""

    needed_gib: Callable[[int, int], float]
    largest_gib: float


@dataclass(frozen=True)
class PlannedTraining:
    """What the files are checked for: the column to predict, AutoGluon's preset, the memory that
    it takes, and the type of problem, the words for a missing label and the positive class where
    the person has chosen them.

    ``leave_out``, ``row_id``, ``time_column`` and ``group_column`` are columns that play a part of
    their own (:class:`ColumnRoles`), ``test_share`` the share of rows that a single file is tested
    with. ``target_is_default`` says that nobody has named the column to predict.
    """

    target: str
    presets: str
    memory: MemoryEstimate
    problem_type: WantedType = "auto"
    missing_labels: frozenset[str] | None = None
    positive_class: str = AUTO
    leave_out: tuple[str, ...] = ()
    row_id: str = ""
    time_column: str = ""
    group_column: str = ""
    test_share: float = 0.2
    target_is_default: bool = False

    @property
    def wanted_target(self) -> WantedTarget:
        """The column to predict, named as the names in the files are read: a cell may have a line
        break in it, or a blank at its end."""
        name = plain_names([self.target])[0] or self.target
        return WantedTarget(
            name, self.problem_type, self.missing_labels, is_default=self.target_is_default
        )

    @property
    def roles(self) -> ColumnRoles:
        """The columns that play a part of their own."""
        return ColumnRoles.of(self.leave_out, self.row_id, self.time_column, self.group_column)


def pair_check(
    train: Source, test: Source, planned: PlannedTraining, seconds_left: Callable[[], float]
) -> PairCheck:
    """Checks the two files. Whatever they hold is a finding and never an exception."""
    wanted, roles = planned.wanted_target, planned.roles
    findings: list[Finding] = []
    profile = pair_profile(train, test, wanted, roles, seconds_left)
    if isinstance(profile, list):
        return PairCheck(most_important_first(unreadable_findings(profile)), None, roles=roles)
    if profile.target != wanted.name:
        findings = of_file(train.file, [target_found(profile.target, wanted.name, test.file)])
        wanted = replace(wanted, name=profile.target)
    parts = (profile.train, profile.test)
    findings += [f for part in parts for f in of_file(part.file, file_findings(part))]
    if not has_error(findings):
        findings += findings_on_rows(profile, wanted, planned)
    not_read_whole = {part.file for part in parts if not part.complete}
    findings = [replace(f, sampled=True) if f.file in not_read_whole else f for f in findings]
    positive = named_positive_class(profile, planned.positive_class)
    return PairCheck(most_important_first(findings), profile, positive, roles=roles)


def findings_on_rows(
    profile: PairProfile, target: WantedTarget, planned: PlannedTraining
) -> list[Finding]:
    """What is to be said of two files, or two parts of one, which are tables without odd rows."""
    train = profile.train
    findings = _of_train(train, target_findings(train, target))
    if not has_error(findings):
        findings += of_file(train.file, role_errors(train, target.name, profile.roles))
    if not has_error(findings):
        column = train.columns[target.name]
        findings += _of_train(
            train, positive_class_findings(column, planned.problem_type, planned.positive_class)
        )
    if not has_error(findings):
        findings += _of_train(train, feature_findings(train, profile.features))
        findings += _as_far_as_read(train, pair_findings(profile))
        findings += of_file(profile.test.file, shared_findings(profile))
        memory = planned.memory
        needed = memory.needed_gib(train.memory_bytes, profile.test.memory_bytes)
        findings += size_findings(profile, planned.presets, needed, memory.largest_gib)
    if not has_error(findings):
        findings += sample_findings(profile) + outlier_findings(profile)
        findings += target_shift(profile) + spread_findings(profile) + number_findings(profile)
        findings += of_file(train.file, copy_findings(train, profile.features))
        findings += same_things(profile)
    return findings


def named_positive_class(profile: PairProfile, named: str) -> str | None:
    """The class that the person has named, as it is written in the train file, if any."""
    column = profile.train.columns.get(profile.target)
    if named == AUTO or column is None:
        return None
    # A class that only rows have which were not read is found by the training.
    return named_class(named, column.values) or named


def _of_train(train: FileProfile, findings: list[Finding]) -> list[Finding]:
    return of_file(train.file, _as_far_as_read(train, findings))


def _as_far_as_read(train: FileProfile, findings: list[Finding]) -> list[Finding]:
    """The findings; what rows of the train file that were not read may disprove is no error."""
    if train.complete:
        return findings
    return [
        replace(found, severity="warning") if found.code in NEED_EVERY_ROW else found
        for found in findings
    ]


def has_error(findings: list[Finding]) -> bool:
    """Whether the files can't be trained on."""
    return any(finding.severity == "error" for finding in findings)
