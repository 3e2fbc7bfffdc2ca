"""Everything that there is to say of a draft."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.settings.chosen import Chosen
from lambdas.uploads.dataset import Part
from lambdas.uploads.pair import Upload
from operate.drafts.check import Checked, CheckState, Table
from operate.drafts.draft import Draft
from operate.drafts.settings import SettingField, setting_fields
from operate.drafts.stack_wish import Cost, StackWish


@dataclass(frozen=True)
class DraftView:
    """Everything that there is to say of a draft.

    ``arrived`` are the ids of the files that are there; ``earlier`` says what was uploaded for the
    dataset before, and ``tables`` what a run would read, once all of it is there. ``problems`` say
    why it can't be checked or started.
    """

    draft: Draft
    stack: StackWish
    arrived: frozenset[str]
    earlier: Mapping[Part, Upload]
    tables: Mapping[Part, Table]
    missing: Part | None
    asked: Chosen | None
    state: CheckState | None
    cost: Cost | None
    problems: tuple[str, ...]

    @property
    def checked(self) -> Checked | None:
        """What the check has found, once it has."""
        return self.state.checked if self.state else None

    @property
    def can_start(self) -> bool:
        """Whether a run could begin with it."""
        return bool(self.checked and not self.checked.errors and self.cost and not self.problems)

    @property
    def target(self) -> str:
        """The column to predict, as it is known so far."""
        if self.checked and self.checked.target:
            return self.checked.target
        return self.asked.wish.target if self.asked else self.stack.wish.target

    @property
    def fields(self) -> list[SettingField]:
        """The settings as they are chosen."""
        return setting_fields(self.stack, dict(self.draft.settings))

    @property
    def seen(self) -> str:
        """What tells whether the draft is still what somebody saw who says that it is to start."""
        asked = self.asked and (self.asked.wish, sorted(self.asked.fields))
        # What is replaced was seen, too: somebody else may have started the same name meanwhile.
        tables, replaced = sorted(self.tables.items()), sorted(self.earlier.items())
        told = [self.draft, asked, self.target, *tables, *replaced]
        return hashlib.sha256(repr(told).encode()).hexdigest()
