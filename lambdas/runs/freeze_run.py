"""What a run reads, copied to where no later upload can change it."""

from typing import TYPE_CHECKING

from lambdas.jobs.name import run_job_name
from lambdas.state import RunState
from lambdas.uploads.dataset import Dataset
from lambdas.uploads.pair import Pair, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def freeze_run(
    s3: "S3Client", bucket: str, run: str, pair: Pair, code: Upload, check: bytes
) -> RunState:
    """Copies what the run reads into a folder of its own, and tells where everything is.

    ``check`` is what the check found, for the jobs.

    SageMaker can't be pointed at a version of an object, and takes every key that begins like the
    one it is given: so each input gets a folder that holds nothing else.
    """
    folder = f"runs/{run}"
    _copy(s3, bucket, pair.train, f"{folder}/train/train.csv")
    _copy(s3, bucket, pair.test, f"{folder}/test/test.csv")
    _copy(s3, bucket, code, f"{folder}/code/sourcedir.tar.gz")
    s3.put_object(Bucket=bucket, Key=f"{folder}/check/check.json", Body=check)
    return {
        "Dataset": pair.name,
        "Id": run,
        "JobName": run_job_name(Dataset(pair.name).job_slug, run),
        "TrainData": f"s3://{bucket}/{folder}/train/",
        "TestData": f"s3://{bucket}/{folder}/test/",
        "Check": f"s3://{bucket}/{folder}/check/",
        "Code": f"s3://{bucket}/{folder}/code/",
        "Results": f"s3://{bucket}/{results_folder(pair.name, run)}",
    }


def results_folder(dataset: str, run: str) -> str:
    """The folder of a run's results in the bucket."""
    return f"results/{dataset}/{run}"


def _copy(s3: "S3Client", bucket: str, upload: Upload, key: str) -> None:
    source = {"Bucket": bucket, "Key": upload.key, "VersionId": upload.version}
    # The uploaded object's tags stay behind: to read them would need a right of its own.
    s3.copy(source, bucket, key, ExtraArgs={"TaggingDirective": "REPLACE"})  # type: ignore[arg-type]
