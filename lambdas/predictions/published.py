"""Which prediction stands in the place of a file's results: that of the newest upload.

Two executions may end in any order. Each writes down that its results are to stand there, unless a
newer one has, and copies what is written down until nobody has changed it meanwhile. So whoever
comes last, what stays is the newest.

The page about a failure belongs to an upload and a run, too. It is written unless one of a newer
upload is there, and removed by whoever sees results beside it that are newer.
"""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.bucket.kept_data import json_object, made_of
from lambdas.bucket.layout import (
    filled_page_key,
    job_folder,
    predictions_failure_key,
    predictions_key,
    predictions_page_key,
    published_key,
)
from lambdas.errors import ResultsMissing, TryAgain
from lambdas.language import spoken

if TYPE_CHECKING:
    from lambdas.state import PredictionRunState

_ATTEMPTS = 10
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, order=True)
class Age:
    """Which of a file's predictions is newer: when its rows were uploaded (seconds since 1970), and
    of the same upload the later run."""

    uploaded: int
    run: str


@dataclass(frozen=True)
class Published:
    """A prediction by its run, when its rows were uploaded (seconds since 1970), and what the file
    with its predictions is called in its job's folder."""

    run: str
    uploaded: int
    predictions: str

    @property
    def age(self) -> Age:
        """What tells whether another one is newer."""
        return Age(self.uploaded, self.run)


def publish_results(bucket: Bucket, run: "PredictionRunState", mine: Published) -> bool:
    """Puts the results into their place, unless those of a newer upload are to stand there.

    Returns:
        Whether they are this run's.

    Raises:
        ResultsMissing: the job has left no predictions.
        TryAgain: many publish at the same moment.
    """
    dataset, file = run["Dataset"], run["File"]
    key = published_key(dataset, file)
    standing = _written_down(bucket, key, mine)
    for _ in range(_ATTEMPTS):
        if standing.run != mine.run:
            # Its own execution copies it, and may have done so before this one wrote over it.
            _copy(bucket, dataset, file, standing, is_mine=False)
        else:
            _copy(bucket, dataset, file, mine, is_mine=True)
        now = _read(bucket.read_stored(key))
        if now == standing:
            return standing.run == mine.run
        standing = now or standing
    raise TryAgain(spoken("Many executions write {key} at the same moment.", key=key))


def publish_failure(bucket: Bucket, dataset: str, file: str, mine: Age, page: bytes) -> bool:
    """Writes the ``page`` about a failure, unless a newer prediction of the file has ended.

    It is written before it looks for newer results: a success that comes later finds the page and
    removes it, and one that came before is seen here.

    Returns:
        Whether the page stays.

    Raises:
        TryAgain: many write at the same moment.
    """
    key = predictions_failure_key(dataset, file)
    said = {"uploaded": str(mine.uploaded), "run": mine.run}
    for _ in range(_ATTEMPTS):
        there = bucket.read_stored(key)
        if there and mine < _age_of_page(there):
            return False
        if bucket.write_if_unchanged(key, page, there, _HTML, said):
            break
    else:
        raise TryAgain(spoken("Many executions write {key} at the same moment.", key=key))
    standing = _read(bucket.read_stored(published_key(dataset, file)))
    # Its own results stand where it has failed to copy them.
    if standing is None or standing.age <= mine:
        return True
    _remove_failure(bucket, key, standing.age)
    return False


def _remove_failure(bucket: Bucket, key: str, success: Age) -> None:
    """Removes the page about a failure: with the ``success``, why there were none is over. That of
    a newer upload stays; that of the same run goes, whatever was known of its rows."""
    page = bucket.read_stored(key)
    if page is None:
        return
    failed = _age_of_page(page)
    if failed.run == success.run or failed <= success:
        bucket.delete(key)


def _age_of_page(page: Stored) -> Age:
    """The upload and the run that the page is about; the oldest there is, where it does not say."""
    uploaded = page.metadata.get("uploaded", "")
    return Age(int(uploaded) if uploaded.isdecimal() else 0, page.metadata.get("run", ""))


def _written_down(bucket: Bucket, key: str, mine: Published) -> Published:
    """What is to stand there: ``mine``, unless a newer one is."""
    for _ in range(_ATTEMPTS):
        stored = bucket.read_stored(key)
        there = _read(stored)
        if there and mine.age <= there.age:
            return there
        if bucket.write_if_unchanged(key, json.dumps(asdict(mine)).encode(), stored):
            return mine
    raise TryAgain(spoken("Many executions write {key} at the same moment.", key=key))


def _read(stored: Stored | None) -> Published | None:
    return made_of(Published, json_object(stored.body)) if stored else None


def _copy(bucket: Bucket, dataset: str, file: str, what: Published, *, is_mine: bool) -> None:
    copies = {
        f"{job_folder(what.run)}{what.predictions}": predictions_key(dataset, file),
        filled_page_key(what.run): predictions_page_key(dataset, file),
    }
    for source, place in copies.items():
        head = bucket.head(source)
        if head:
            bucket.copy(source, head["VersionId"], place, head["ContentLength"])
        elif is_mine:
            raise ResultsMissing(
                spoken("{key} is not there: the job ended without writing it.", key=source)
            )
    _remove_failure(bucket, predictions_failure_key(dataset, file), what.age)
