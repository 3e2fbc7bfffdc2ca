"""What is to be said of the columns that a person has named for a part of their own."""

from lambdas.check.findings.catalogue.role_finding import RoleFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.shared_values import SharedRoles
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.nearest_name import nearest_name


def role_errors(train: FileProfile, target: str, roles: ColumnRoles) -> list[Finding]:
    """The errors of the names themselves: those that are no column, or the target's."""
    columns = list(train.columns)
    errors = []
    for role, name in roles.named:
        if name == target:
            errors.append(found(RoleFinding.role_of_target, column=name, purpose=Phrase(role)))
        elif name not in train.columns:
            near = nearest_name(name, [column for column in columns if column != target])
            errors.append(
                found(
                    RoleFinding.role_missing,
                    column=name,
                    name=name,
                    purpose=Phrase(role),
                    guess=Phrase("nearest", near=near) if near else None,
                    columns=columns,
                )
            )
    if not errors and roles.unlearned | {target} >= set(columns):
        errors.append(found(RoleFinding.no_column_left))
    return errors


def shared_findings(pair: PairProfile) -> list[Finding]:
    """What these columns tell of the two files of a pair, as findings on the test file."""
    shared, roles = pair.shared, pair.roles
    if shared is None:
        return []
    findings = []
    if roles.row_id and roles.row_id not in pair.test.columns:
        findings.append(found(RoleFinding.row_id_missing_in_test, column=roles.row_id))
    if roles.group and roles.group not in pair.test.columns:
        findings.append(found(RoleFinding.group_missing_in_test, column=roles.group))
    findings += _shared_groups(pair, shared) + _older_rows(pair, shared)
    return findings + _shared_row_ids(pair, shared)


def _shared_groups(pair: PairProfile, shared: SharedRoles) -> list[Finding]:
    groups = shared.group.shared() if shared.group else None
    if not groups or not groups.values:
        return []
    return [
        found(
            RoleFinding.groups_in_both_files,
            column=pair.roles.group,
            sampled=not groups.is_exact,
            groups=groups.values,
            every=groups.every_value,
            rows=groups.rows,
            all_rows=groups.every_row,
            train=pair.train.file,
        )
    ]


def _older_rows(pair: PairProfile, shared: SharedRoles) -> list[Finding]:
    columns = [part.columns.get(pair.roles.time) for part in (pair.train, pair.test)]
    if shared.time is None or columns[0] is None or columns[1] is None:
        return []
    older = shared.time.older(columns[0], columns[1])
    if older is None or not older.rows:
        return []
    return [
        found(
            RoleFinding.older_test_rows,
            column=pair.roles.time,
            sampled=not older.is_exact,
            rows=older.rows,
            known=older.known,
            newest=older.newest,
            train=pair.train.file,
        )
    ]


def _shared_row_ids(pair: PairProfile, shared: SharedRoles) -> list[Finding]:
    ids = shared.row_id.shared() if shared.row_id else None
    if not ids or not ids.rows:
        return []
    return [
        found(
            RoleFinding.row_ids_in_both_files,
            column=pair.roles.row_id,
            sampled=not ids.is_exact,
            rows=ids.rows,
            all_rows=ids.every_row,
            train=pair.train.file,
        )
    ]
