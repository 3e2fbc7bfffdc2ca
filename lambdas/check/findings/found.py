"""A finding is made of its code and of facts; the words are the catalogue's."""

from lambdas.check.findings.catalogue.entry import Family
from lambdas.check.findings.finding import Finding
from lambdas.check.reading.fact import Fact


def found(
    code: Family,
    *,
    case: str = "",
    is_mild: bool = False,
    column: str | None = None,
    line: int | None = None,
    sampled: bool = False,
    **facts: Fact,
) -> Finding:
    """The finding ``code`` with these facts in its sentences.

    Args:
        code: which finding of which family.
        case: which of its sentences, where the catalogue has them by cases.
        is_mild: whether it has the milder of its severities.
        column: the column that it is about.
        line: the line of the file where it was seen.
        sampled: whether it was seen in a sample of the rows.
        facts: what stands in the sentences.
    """
    entry = code.value
    return Finding(
        kind=code,
        severity=entry.milder if is_mild and entry.milder else entry.severity,
        case=case,
        facts=facts,
        column=column,
        line=line,
        sampled=sampled,
    )
