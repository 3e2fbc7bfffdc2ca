"""The code that the jobs run: Codefree's own, or what the user put in its place."""

import tarfile
from typing import TYPE_CHECKING

from lambdas.errors import PairRejected
from lambdas.uploads.pair import Upload, uploaded

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CODE_KEY = "source/sourcedir.tar.gz"
_PROGRAMS = ("training/train.py", "training/evaluate.py")


def training_code(s3: "S3Client", bucket: str) -> Upload:
    """The newest version of the training code in the bucket.

    Raises:
        PairRejected: there is none.
    """
    code = uploaded(s3, bucket, CODE_KEY)
    if code is None:
        raise PairRejected(
            f"The training code {CODE_KEY} is gone from the bucket. Upload your own version "
            "again, or delete the stack and deploy the template again to get Codefree's."
        )
    return code


def check_training_code(s3: "S3Client", bucket: str, code: Upload) -> None:
    """Makes sure that the jobs will find the programs that they start.

    Raises:
        PairRejected: the archive can't be read, or lacks a program.
    """
    body = s3.get_object(Bucket=bucket, Key=code.key, VersionId=code.version)["Body"]
    try:
        with tarfile.open(fileobj=body, mode="r|gz") as archive:
            names = {name.removeprefix("./") for name in archive.getnames()}
    except (tarfile.TarError, EOFError, OSError) as error:
        raise PairRejected(
            f"{CODE_KEY} is not a readable tar.gz archive ({error}). Pack it again and upload it."
        ) from error
    missing = [program for program in _PROGRAMS if program not in names]
    if missing:
        raise PairRejected(
            f"{CODE_KEY} lacks {' and '.join(missing)}, which the jobs start. "
            "Pack the folder training/ at the top of the archive and upload it again."
        )
