"""What is to be said of the way in which a single file is split."""

from lambdas.check.findings.catalogue.role_finding import RoleFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.dated_rows import DatedRows
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.row_split import RowSplit
from lambdas.check.reading.fact import Phrase

# With more rows that have no time, the newest ones are perhaps not the newest.
MOST_WITHOUT_TIME = 0.05


def not_read_whole(profile: FileProfile) -> Finding:
    """The error for a file that can't be read to its end in time."""
    return found(
        RoleFinding.single_file_too_long, estimated=profile.estimated_rows, rows=profile.rows
    )


def too_many_rows(profile: FileProfile, most: int) -> Finding:
    """The error for a file with more rows than can be split at once."""
    return found(RoleFinding.single_file_too_many_rows, rows=profile.rows, most=most)


def both_rules(roles: ColumnRoles) -> list[Finding]:
    """The error for a file that is to be split by two rules at once."""
    if not (roles.time and roles.group):
        return []
    return [found(RoleFinding.time_and_group, time=roles.time, group=roles.group)]


def time_findings(column: ColumnProfile, rows: DatedRows) -> list[Finding]:
    """The findings on rows without a time that can be read."""
    if not rows.without_time:
        return []
    dates = column.dates
    unread = [dates.examples[form].strip() for form in ("unread", "time") if form in dates.examples]
    examples = [*unread, *dates.others, *column.examples] if column.kind == "text" else []
    return [
        found(
            RoleFinding.time_unreadable,
            is_mild=rows.without_time <= MOST_WITHOUT_TIME * rows.labelled,
            column=column.name,
            rows=rows.without_time,
            labelled=rows.labelled,
            most=MOST_WITHOUT_TIME,
            example=Phrase("such_as", text=examples[0]) if examples else None,
        )
    ]


def group_findings(column: ColumnProfile) -> list[Finding]:
    """The findings on rows without a group."""
    if not column.missing:
        return []
    return [
        found(
            RoleFinding.groups_missing,
            column=column.name,
            missing=column.missing,
            rows=column.rows,
        )
    ]


def no_split(roles: ColumnRoles) -> Finding:
    """The error where all rows would be on one side."""
    if roles.time:
        return found(RoleFinding.one_time, column=roles.time)
    return found(RoleFinding.one_group, column=roles.group)


def split_note(split: RowSplit) -> Finding:
    """How many rows are tested, and by which rule they were chosen."""
    return found(
        RoleFinding.single_file_split,
        case=split.rule,
        column=split.column or None,
        labelled=split.labelled,
        tested=split.tested,
        share=split.share,
        oldest=split.oldest,
        groups=split.groups[1],
        every=sum(split.groups),
    )
