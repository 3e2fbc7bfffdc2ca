"""Which columns of a file are those that a model has learned from, under another spelling."""

import unicodedata
from collections import Counter
from collections.abc import Collection


def respelled_columns(wanted: Collection[str], there: Collection[str]) -> dict[str, str]:
    """For each column that is ``there`` under a spelling of its own, the one that is meant.

    Names are the same where they differ by nothing but capital letters, blanks, low lines and the
    form of their characters, and where no other name of either side is the same, too.

    Args:
        wanted: the names of the training.
        there: the names in the file.
    """
    of_training, of_file = (Counter(map(_key, names)) for names in (wanted, there))
    meant = {_key(name): name for name in wanted}
    found = {}
    for name in there:
        key = _key(name)
        if name not in wanted and of_training[key] == of_file[key] == 1:
            found[name] = meant[key]
    return found


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if not c.isspace() and c != "_") or name
