"""The whole check of a single file: which of its rows are tested, and all that is to be said of
them and of the others, as of the two files of a pair."""

from collections.abc import Callable
from dataclasses import replace

from lambdas.check.findings.file_findings import file_findings
from lambdas.check.findings.finding import Finding, most_important_first, of_file
from lambdas.check.findings.part_findings import told_of_parts
from lambdas.check.findings.role_findings import role_errors
from lambdas.check.findings.single_findings import (
    both_rules,
    group_findings,
    no_split,
    not_read_whole,
    split_note,
    time_findings,
    too_many_rows,
)
from lambdas.check.findings.target_findings import target_findings
from lambdas.check.findings.unreadable_findings import unreadable_findings
from lambdas.check.pair_check import (
    PairCheck,
    PlannedTraining,
    findings_on_rows,
    has_error,
    named_positive_class,
)
from lambdas.check.profile.chosen_split import chosen_split, dated_rows
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.single_profile import WholeFile, split_profile, whole_file
from lambdas.check.reading.source import Source
from lambdas.check.reading.unreadable import Unreadable


def single_check(
    source: Source, planned: PlannedTraining, seconds_left: Callable[[], float]
) -> PairCheck:
    """Checks the file and splits its rows. Whatever it holds is a finding and never an exception.

    The profile's two files are the parts of this one, and ``split`` says which rows are tested;
    both are None where the file can't be split.
    """
    try:
        check = _checked(source, planned, seconds_left)
    except Unreadable as error:
        check = PairCheck(unreadable_findings([(source.file, error)]), None, roles=planned.roles)
    return replace(check, is_of_one_file=True).told_in(check.vocabulary)


def _checked(
    source: Source, planned: PlannedTraining, seconds_left: Callable[[], float]
) -> PairCheck:
    whole = whole_file(source, planned.wanted_target, planned.roles, seconds_left)
    told = of_file(source.file, _findings(whole, planned))
    if has_error(told):
        return PairCheck(most_important_first(told), None, roles=planned.roles)
    return _split_check(whole, planned, told, seconds_left)


def _findings(whole: WholeFile, planned: PlannedTraining) -> list[Finding]:
    """The findings on the file before it is split; of the target only the errors."""
    profile, target, roles = whole.profile, planned.wanted_target, planned.roles
    findings = file_findings(profile)
    if not has_error(findings) and not profile.complete:
        findings = [not_read_whole(profile)]
    elif not has_error(findings) and not whole.keys.has_every_row:
        findings = [too_many_rows(profile, whole.keys.most_rows)]
    if not has_error(findings):
        of_target = target_findings(profile, target)
        findings += [found for found in of_target if found.severity == "error"]
    if not has_error(findings):
        findings += role_errors(profile, target.name, roles) + both_rules(roles)
    if not has_error(findings) and roles.time:
        findings += time_findings(profile.columns[roles.time], dated_rows(whole))
    if not has_error(findings) and roles.group:
        findings += group_findings(profile.columns[roles.group])
    return findings


def _split_check(
    whole: WholeFile,
    planned: PlannedTraining,
    told: list[Finding],
    seconds_left: Callable[[], float],
) -> PairCheck:
    target, file = planned.wanted_target, whole.source.file
    split = chosen_split(whole, target.name, target.problem_type, planned.test_share)
    if split is None:
        told += of_file(file, [no_split(planned.roles)])
        return PairCheck(most_important_first(told), None, roles=planned.roles)
    whole.keys.forget()
    profile = split_profile(whole, target, split.is_tested, seconds_left)
    if not profile.train.complete:
        told += of_file(file, [not_read_whole(profile.train)])
        return PairCheck(most_important_first(told), None, roles=planned.roles)
    told += of_file(file, [split_note(split)])
    told += told_of_parts(findings_on_rows(_named(profile), target, planned), file)
    positive = named_positive_class(profile, planned.positive_class)
    return PairCheck(
        most_important_first(told), profile, positive, roles=planned.roles, split=split
    )


def _named(profile: PairProfile) -> PairProfile:
    """The profile with the parts' names instead of the file's."""
    train, test = replace(profile.train, file="train"), replace(profile.test, file="test")
    return replace(profile, train=train, test=test)
