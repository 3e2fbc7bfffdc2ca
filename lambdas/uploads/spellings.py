"""The forms in which a name may stand in a key."""

import unicodedata


def spellings(name: str) -> set[str]:
    """The name in Unicode's composed form and in the decomposed one that macOS writes."""
    return {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
