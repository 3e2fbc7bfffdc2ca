"""The language of a run, for whoever tells of a failure before the run had a state."""

from typing import cast, get_args

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import language_key
from lambdas.language import spoken_language
from lambdas.wish import Language


def keep_language(bucket: Bucket, run: str, language: Language) -> None:
    """Writes down that the run speaks ``language``, unless that is spoken anyway."""
    if language != spoken_language():
        bucket.write(language_key(run), language.encode(), "text/plain")


def read_language(bucket: Bucket, run: str) -> Language:
    """The language that was written down; what is spoken anyway where none, or no language, was."""
    kept = (bucket.read(language_key(run)) or b"").decode(errors="replace")
    return cast(Language, kept) if kept in get_args(Language) else spoken_language()
