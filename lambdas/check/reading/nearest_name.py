"""The column that is most likely meant by a name that no column has."""

import difflib
from collections.abc import Iterable

_ALIKE = 0.75


def nearest_name(wanted: str, names: Iterable[str]) -> str | None:
    """The name that differs from ``wanted`` least, perhaps only by case or signs; None where all
    are quite different."""
    by_plain_name = {_plain(name): name for name in names}
    wanted = _plain(wanted)
    if wanted in by_plain_name:
        return by_plain_name[wanted]
    near = difflib.get_close_matches(wanted, by_plain_name, 1, _ALIKE)
    return by_plain_name[near[0]] if near else None


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
