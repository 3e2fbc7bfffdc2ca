"""The predictions of one dataset's new rows, the newest first."""

from dataclasses import dataclass
from datetime import timedelta

from lambdas.bucket.bucket import Bucket
from lambdas.predictions.rows_file import RowsFile
from lambdas.uploads.dataset import normal_name
from operate.rows_upload import uploaded_at
from operate.seen_run import SeenRun
from operate.seen_runs import RunsPage, SeenRuns

# S3 tells times in whole seconds, and two clocks may differ a little.
_CLOCKS_DIFFER = timedelta(seconds=2)


@dataclass(frozen=True)
class Predictions:
    """Predictions as far as they were read, and the file whose prediction is about to start."""

    page: RunsPage
    runs: tuple[SeenRun, ...]
    awaited: str = ""


def predictions_of(
    seen: SeenRuns, bucket: Bucket, dataset: str, uploaded: RowsFile | None = None
) -> Predictions:
    """The dataset's newest predictions.

    Args:
        seen: the runs of the stack.
        bucket: the stack's bucket.
        dataset: the dataset's name.
        uploaded: a file that somebody has just uploaded and waits for.
    """
    name = normal_name(dataset)
    # A prediction is of NAME/FILE, and no other run has a slash in its name.
    page = seen.page(1, f"{name}/")
    runs = tuple(run for run in page.runs if run.is_prediction and run.dataset_name == name)
    return Predictions(page, runs, _awaited(bucket, runs, uploaded) if uploaded else "")


def _awaited(bucket: Bucket, runs: tuple[SeenRun, ...], file: RowsFile) -> str:
    """The file's name, if no execution has begun since it was uploaded."""
    since = uploaded_at(bucket, file)
    if since is None:
        return ""
    of_file = (run for run in runs if run.dataset == f"{file.dataset}/{file.file_name}")
    has_begun = any(run.started > since - _CLOCKS_DIFFER for run in of_file)
    return "" if has_begun else file.file_name
