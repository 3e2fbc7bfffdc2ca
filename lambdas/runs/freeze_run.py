"""What a run reads, copied to where no later upload can change it."""

from collections.abc import Mapping

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import results_folder, run_folder
from lambdas.jobs.name import run_job_name
from lambdas.state import RunState
from lambdas.uploads.dataset import Dataset
from lambdas.uploads.pair import Pair, Upload


def freeze_run(
    bucket: Bucket, run: str, pair: Pair, code: Upload, check: Mapping[str, bytes]
) -> RunState:
    """Copies what the run reads into a folder of its own, and tells where everything is.

    ``check`` is what the check has found for the jobs, by the files' names. A whole table is copied
    once, and read by both jobs.

    SageMaker can't be pointed at a version of an object, and takes every key that begins like the
    one it is given: so each input gets a folder that holds nothing else.
    """
    folder = run_folder(run)
    train = test = f"{folder}table/"
    if pair.is_one_file:
        _copy(bucket, pair.train, f"{train}table.csv")
    else:
        train, test = f"{folder}train/", f"{folder}test/"
        _copy(bucket, pair.train, f"{train}train.csv")
        _copy(bucket, pair.test, f"{test}test.csv")
    _copy(bucket, code, f"{folder}code/sourcedir.tar.gz")
    for name, content in check.items():
        bucket.write(f"{folder}check/{name}", content)
    return {
        "Dataset": pair.name,
        "Id": run,
        "JobName": run_job_name(Dataset(pair.name).job_slug, run),
        "TrainData": bucket.uri(train),
        "TestData": bucket.uri(test),
        "Check": bucket.uri(f"{folder}check/"),
        "Code": bucket.uri(f"{folder}code/"),
        "CodeETag": code.etag,
        "Results": bucket.uri(results_folder(pair.name, run)).removesuffix("/"),
    }


def _copy(bucket: Bucket, upload: Upload, key: str) -> None:
    bucket.copy(upload.key, upload.version, key, upload.size)
