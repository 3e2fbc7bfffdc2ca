"""What the catalogue has for each finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from lambdas.check.findings.wording import Phrases

Severity = Literal["error", "warning", "note"]
# One template, or one for each case in which the finding is made.
Wording = str | Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The words for one finding, as templates for facts and for the words of a vocabulary.

    ``milder`` is its severity where little speaks for it. An error that ``needs_every_row`` is a
    warning where not all rows were read, for the others may disprove it.
    """

    severity: Severity
    milder: Severity | None = None
    needs_every_row: bool = False
    seen: Wording
    expected: Wording = ""
    action: Wording = ""
    phrases: Phrases = field(default_factory=dict)


class Family(Enum):
    """Findings of one kind: a member's name is the finding's code."""

    _value_: Entry
