"""What is to be said of the class that a person has named as the positive one."""

from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.positive_class import AUTO, named_class
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.nearest_name import nearest_name
from lambdas.wish import WantedType


def positive_class_findings(column: ColumnProfile, wanted: WantedType, named: str) -> list[Finding]:
    """The error where the target has no such class, or more or less than two."""
    if named == AUTO:
        return []
    kind = problem_type(column, wanted)
    if kind != "binary":
        return [
            found(
                TargetFinding.positive_class_of_no_two,
                case=kind,
                column=column.name,
                named=named,
                distinct=column.distinct,
            )
        ]
    classes = list(column.values)
    if named_class(named, classes) is not None:
        return []
    near = nearest_name(named, classes)
    return [
        found(
            TargetFinding.positive_class_unknown,
            column=column.name,
            named=named,
            classes=classes,
            guess=Phrase("nearest_class", name=near) if near else None,
        )
    ]
