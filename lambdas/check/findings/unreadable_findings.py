"""What is to be said of files that can't be read to their end."""

from lambdas.check.findings.catalogue.unreadable_file import UnreadableFile
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.wording import shortened
from lambdas.check.profile.pair_profile import Unread
from lambdas.check.reading.unreadable import Unreadable


def unreadable_findings(unread: Unread) -> list[Finding]:
    """The findings that say why, one for each file."""
    findings: list[Finding] = []
    for file, error in unread:
        findings += of_file(file, [_finding(error)])
    return findings


def _finding(error: Unreadable) -> Finding:
    # What stands where a name should may be megabytes long.
    column = None if error.column is None else shortened(error.column)
    return found(UnreadableFile[error.code], column=column, line=error.line, **error.facts)
