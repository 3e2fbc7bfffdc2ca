"""What the check has to say: one finding is one thing that a person may want to act on."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from lambdas.check.findings.wording import shortened

Severity = Literal["error", "warning", "note"]
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding. ``seen``, ``expected`` and ``action`` are sentences for people.

    An error stops the run; warnings and notes travel with it into the report. ``sampled`` says
    that not every row was looked at for it. ``file`` is empty until :func:`of_file` says which.
    """

    code: str
    severity: Severity
    file: str = ""
    seen: str
    expected: str
    action: str
    column: str | None = None
    line: int | None = None
    sampled: bool = False

    @property
    def where(self) -> str:
        """File, column and line, as far as they are known."""
        column = None if self.column is None else f"column {shortened(self.column)}"
        line = None if self.line is None else f"line {self.line:,}"
        return ", ".join(part for part in (self.file, column, line) if part)

    @property
    def text(self) -> str:
        """The whole finding in one paragraph."""
        told = " ".join(part for part in (self.seen, self.expected, self.action) if part)
        sampled = " (Seen in a sample of the rows.)" if self.sampled else ""
        return f"{self.where}: {told}{sampled}"

    def as_json(self) -> dict[str, Any]:
        """The finding for check.json."""
        return asdict(self) | {"text": self.text}


def of_file(file: str, findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the name of the file that they are about."""
    return [replace(finding, file=file) for finding in findings]


def most_important_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors before warnings before notes; otherwise in the order in which they were found."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
