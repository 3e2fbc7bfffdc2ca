"""What is to be said of the columns that a person has named for a part of their own."""

from lambdas.check.findings.catalogue.role_finding import RoleFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.file_profile import FileProfile
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
