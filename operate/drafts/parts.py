"""Which part each file of a draft plays: by its name, else by its size, or as a person says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operate.account import CannotDo
from operate.drafts.draft import Draft, DraftPart
from operate.language import spoken
from operate.pair_files import part_in_name

# The other half of a pair.
OTHER_PART: Mapping[str, DraftPart] = {"train": "test", "test": "train"}
MOST_FILES = 2


@dataclass(frozen=True)
class Announced:
    """A file that is about to be brought, as the browser tells of it."""

    name: str
    size: int
    modified: int = 0


def parts_of(files: list[Announced], usual: DraftPart) -> list[DraftPart]:
    """Which parts files play that are brought together: by their names, else by their sizes; a
    single one plays the ``usual`` one.

    Raises:
        CannotDo: there is none, or there are more than two.
    """
    if not files or len(files) > MOST_FILES:
        raise CannotDo(spoken("Choose one file, or the two of a pair."))
    named = [part_in_name(Path(file.name)) for file in files]
    if len(files) == 1:
        return [named[0] or usual]
    if named[0] != named[1]:
        first_is_train = named[0] == "train" or named[1] == "test"
    else:
        first_is_train = files[0].size >= files[1].size
    return [_part_if(first_is_train), _part_if(not first_is_train)]


def _part_if(is_train: bool) -> DraftPart:
    return "train" if is_train else "test"


def part_in(draft: Draft, name: str, part: str) -> DraftPart:
    """Which part a file plays that comes to a draft."""
    if part == "whole":
        return "whole"
    if part in OTHER_PART:
        return "train" if part == "train" else "test"
    there = [file.part for file in draft.files]
    if said := part_in_name(Path(name)):
        return said
    return OTHER_PART.get(there[0], "whole") if len(there) == 1 else "whole"
