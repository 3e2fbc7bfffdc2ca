"""What a run reads, copied to where no later upload can change it."""

from typing import TYPE_CHECKING

from lambdas.dataset import Dataset
from lambdas.pair import Pair, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def frozen_run(s3: "S3Client", bucket: str, run: str, pair: Pair, code: Upload) -> dict[str, str]:
    """Copies what the run reads into a folder of its own, and tells where everything is.

    SageMaker can't be pointed at a version of an object, and takes every key that begins like the
    one it is given: so each input gets a folder that holds nothing else.
    """
    folder = f"runs/{run}"
    _copy(s3, bucket, pair.train, f"{folder}/train/train.csv")
    _copy(s3, bucket, pair.test, f"{folder}/test/test.csv")
    _copy(s3, bucket, code, f"{folder}/code/sourcedir.tar.gz")
    return {
        "Dataset": pair.name,
        "Id": run,
        "JobName": f"codefree-{Dataset(pair.name).job_slug}-{run}",
        "TrainData": f"s3://{bucket}/{folder}/train/",
        "TestData": f"s3://{bucket}/{folder}/test/",
        "Code": f"s3://{bucket}/{folder}/code/",
        "Results": f"s3://{bucket}/results/{pair.name}/{run}",
    }


def _copy(s3: "S3Client", bucket: str, upload: Upload, key: str) -> None:
    source = {"Bucket": bucket, "Key": upload.key, "VersionId": upload.version}
    # The uploaded object's tags stay behind: to read them would need a right of its own.
    s3.copy(source, bucket, key, ExtraArgs={"TaggingDirective": "REPLACE"})  # type: ignore[arg-type]
