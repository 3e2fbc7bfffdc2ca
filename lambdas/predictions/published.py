"""Which prediction stands in the place of a file's results: that of the newest upload.

Two executions may end in any order. Each writes down that its results are to stand there, unless a
newer one has, and copies what is written down until nobody has changed it meanwhile. So whoever
comes last, what stays is the newest.
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


@dataclass(frozen=True)
class Published:
    """A prediction by its run, when its rows were uploaded (seconds since 1970), and what the file
    with its predictions is called in its job's folder."""

    run: str
    uploaded: int
    predictions: str

    def is_newer_than(self, other: "Published") -> bool:
        """Whether its rows are newer, or the same rows were predicted once more."""
        return (self.uploaded, self.run) > (other.uploaded, other.run)


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


def _written_down(bucket: Bucket, key: str, mine: Published) -> Published:
    """What is to stand there: ``mine``, unless a newer one is."""
    for _ in range(_ATTEMPTS):
        stored = bucket.read_stored(key)
        there = _read(stored)
        if there and (there == mine or not mine.is_newer_than(there)):
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
            bucket.copy(source, head["VersionId"], place)
        elif is_mine:
            raise ResultsMissing(
                spoken("{key} is not there: the job ended without writing it.", key=source)
            )
    # Why there were none is over.
    failure = predictions_failure_key(dataset, file)
    if bucket.head(failure):
        bucket.delete(failure)
