"""The predictions of one dataset's new rows, the newest first."""

from dataclasses import dataclass
from datetime import timedelta

from lambdas.bucket.bucket import Bucket
from lambdas.predictions.rows_file import RowsFile
from lambdas.uploads.dataset import normal_name
from operate.predictions.rows_upload import Uploaded, upload_seen
from operate.runs.seen_run import SeenRun
from operate.runs.seen_runs import RunsPage, SeenRuns

# S3 tells times in whole seconds, and two clocks may differ a little.
_CLOCKS_DIFFER = timedelta(seconds=2)


@dataclass(frozen=True)
class Predictions:
    """Predictions as far as they were read.

    Of a file that somebody has just uploaded, ``awaited`` is the name while its prediction is about
    to start, and ``known`` is it where none was started, because there is one of the same content.
    """

    page: RunsPage
    runs: tuple[SeenRun, ...]
    awaited: str = ""
    known: str = ""


def predictions_of(
    seen: SeenRuns, bucket: Bucket, dataset: str, file: RowsFile | None = None
) -> Predictions:
    """The dataset's newest predictions.

    Args:
        seen: the runs of the stack.
        bucket: the stack's bucket.
        dataset: the dataset's name.
        file: a file that somebody has just uploaded.
    """
    name = normal_name(dataset)
    uploaded = upload_seen(bucket, file) if file else None
    # A prediction is of NAME/FILE, and no other run has a slash in its name.
    page = seen.page(1, f"{name}/")
    runs = tuple(run for run in page.runs if run.is_prediction and run.dataset_name == name)
    if not file or not uploaded or _has_begun(runs, file, uploaded):
        return Predictions(page, runs)
    if uploaded.is_seen:
        return Predictions(page, runs, known=file.file_name)
    return Predictions(page, runs, awaited=file.file_name)


def _has_begun(runs: tuple[SeenRun, ...], file: RowsFile, uploaded: Uploaded) -> bool:
    of_file = (run for run in runs if run.dataset == f"{file.dataset}/{file.file_name}")
    return any(run.started > uploaded.at - _CLOCKS_DIFFER for run in of_file)
