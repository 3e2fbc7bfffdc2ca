"""What was expected and what was seen, one line each, and the table of them."""

from dataclasses import dataclass, field

from rich.table import Table

from operate.visible_text import shown


@dataclass(frozen=True)
class Finding:
    """One expectation; ``fits`` tells whether what was seen is what was expected."""

    trial: str
    expected: str
    seen: str
    fits: bool


@dataclass
class Findings:
    """The findings so far, in order."""

    found: list[Finding] = field(default_factory=list)

    def see(self, trial: str, expected: str, seen: str, fits: bool) -> bool:
        """Notes one down; gives ``fits`` back."""
        self.found.append(Finding(trial, expected, seen, fits))
        return fits

    @property
    def all_fit(self) -> bool:
        """Whether everything was seen as expected, and anything at all."""
        return bool(self.found) and all(finding.fits for finding in self.found)

    def table(self) -> Table:
        """A line for each finding, parted by trials."""
        table = Table()
        for column in ("", "", "expected", "seen"):
            table.add_column(column, overflow="fold")
        last = ""
        for finding in self.found:
            is_new = finding.trial != last
            if is_new and last:
                table.add_section()
            last = finding.trial
            table.add_row(
                "✓" if finding.fits else "✗",
                finding.trial if is_new else "",
                finding.expected,
                shown(finding.seen),
                style=None if finding.fits else "red",
            )
        return table
