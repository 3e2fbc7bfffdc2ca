"""What the check has to say: one finding is one thing that a person may want to act on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lambdas.check.findings.catalogue.entry import Family, Severity, Wording
from lambdas.check.findings.catalogue.signs import ANY_PHRASES
from lambdas.check.findings.vocabulary import STACK, Vocabulary
from lambdas.check.findings.wording import filled, shortened
from lambdas.check.profile.pair_profile import Part
from lambdas.check.reading.fact import Fact
from lambdas.language import spoken, to_speak, translated

_PARTS: dict[Part, str] = {
    "train": to_speak("rows to learn from"),
    "test": to_speak("rows to test with"),
}
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding: an entry of the catalogue, and the facts that stand in its sentences.

    An error stops the run; warnings and notes travel with it into the report. ``case`` says which
    of the entry's sentences, where it has them by cases. ``sampled`` says that not every row was
    looked at for it. ``file`` is empty until :func:`of_file` says which; ``part`` says which of a
    single file's rows, those to learn from or those to test with. It is told in the language that
    is spoken when somebody asks for its words.
    """

    kind: Family
    severity: Severity
    case: str = ""
    facts: Mapping[str, Fact]
    file: str = ""
    part: Part | None = None
    column: str | None = None
    line: int | None = None
    sampled: bool = False
    vocabulary: Vocabulary = field(default=STACK, repr=False)

    @property
    def code(self) -> str:
        """The finding's name in the catalogue."""
        return self.kind.name

    @property
    def seen(self) -> str:
        """What is so, in sentences for people."""
        return self._told(self.kind.value.seen)

    @property
    def expected(self) -> str:
        """What should be, or what it leads to."""
        return self._told(self.kind.value.expected)

    @property
    def action(self) -> str:
        """What to do."""
        return self._told(self.kind.value.action)

    @property
    def where(self) -> str:
        """File, rows, column and line, as far as they are known."""
        told = [file_part(self.file, self.part)]
        if self.column is not None:
            told.append(spoken("column {column}", column=shortened(self.column)))
        if self.line is not None:
            told.append(spoken("line {line:,}", line=self.line))
        return ", ".join(filter(None, told))

    @property
    def text(self) -> str:
        """The whole finding in one paragraph."""
        told = " ".join(part for part in (self.seen, self.expected, self.action) if part)
        sampled = f" {seen_in_a_sample()}" if self.sampled else ""
        return f"{self.where}: {told}{sampled}"

    def as_json(self) -> dict[str, Any]:
        """The finding for check.json."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "part": self.part,
            "seen": self.seen,
            "expected": self.expected,
            "action": self.action,
            "column": self.column,
            "line": self.line,
            "sampled": self.sampled,
            "text": self.text,
        }

    def _told(self, wording: Wording) -> str:
        template = wording if isinstance(wording, str) else wording[self.case]
        phrases = {**ANY_PHRASES, **self.kind.value.phrases}
        told = filled(translated(template), self.facts, phrases, self.vocabulary.words)
        return told.rstrip()  # where the last word is one that a vocabulary does without


def file_part(file: str, part: Part | None) -> str:
    """The file by its name, and which of its rows, where it is split."""
    return f"{file}, {spoken(_PARTS[part])}" if part else file


def seen_in_a_sample() -> str:
    """What is said of a finding for which not every row was looked at."""
    return spoken("(Seen in a sample of the rows.)")


def of_file(file: str, findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the name of the file that they are about."""
    return [replace(finding, file=file) for finding in findings]


def most_important_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors before warnings before notes; otherwise in the order in which they were found."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
