"""What a prediction reads, copied to where no later upload can change it."""

import json
from dataclasses import asdict, dataclass

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import json_object, made_of
from lambdas.bucket.layout import job_folder, rows_key, run_folder
from lambdas.jobs.name import run_job_name
from lambdas.predictions.rows_file import RowsFile
from lambdas.state import PredictingModelState, PredictionRunState
from lambdas.uploads.dataset import Dataset
from lambdas.uploads.pair import Upload


def read_rows(bucket: Bucket, run: str) -> Upload | None:
    """The upload that the prediction read when it was first checked; None where it never came so
    far.

    Raises:
        KeptDataBroken: somebody has written something else there.
    """
    kept = bucket.read(rows_key(run))
    return None if kept is None else made_of(Upload, json_object(kept))


def keep_rows(bucket: Bucket, run: str, upload: Upload) -> None:
    """Writes down what the prediction reads, so that a retry or redrive reads the same."""
    bucket.write(rows_key(run), json.dumps(asdict(upload), ensure_ascii=False).encode())


@dataclass(frozen=True)
class Frozen:
    """What a job reads: the upload of rows, the code, the model, and as ``check`` what the check
    has found for it."""

    rows: Upload
    code: Upload
    model: PredictingModelState
    check: bytes


def freeze_prediction(
    bucket: Bucket, run: str, file: RowsFile, frozen: Frozen
) -> PredictionRunState:
    """Copies what the job reads into a folder of the run's own, and tells where everything is.

    The model stays where it is, for nobody but the training writes there, and its digest is
    written down.
    """
    folder, rows, code = run_folder(run), frozen.rows, frozen.code
    bucket.copy(rows.key, rows.version, f"{folder}rows/rows.csv", rows.size)
    bucket.copy(code.key, code.version, f"{folder}code/sourcedir.tar.gz", code.size)
    bucket.write(f"{folder}check/check.json", frozen.check)
    bucket.write(f"{folder}model.json", json.dumps(frozen.model, ensure_ascii=False).encode())
    return {
        "Dataset": file.dataset,
        "File": file.file,
        "Id": run,
        "JobName": run_job_name(Dataset(file.dataset).job_slug, run),
        "Rows": bucket.uri(f"{folder}rows/"),
        "Check": bucket.uri(f"{folder}check/"),
        "Code": bucket.uri(f"{folder}code/"),
        "Results": bucket.uri(job_folder(run)).removesuffix("/"),
    }
