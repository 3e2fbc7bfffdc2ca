"""The code that the jobs run: Codefree's own, or what the user put in its place."""

import tarfile

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import TRAINING_CODE
from lambdas.errors import CodeUnusable
from lambdas.language import spoken
from lambdas.uploads.pair import Upload, find_upload

PROGRAMS = ("training/train.py", "training/evaluate.py")
PREDICTING = ("training/predict.py",)


def find_training_code(bucket: Bucket) -> Upload:
    """The newest version of the training code in the bucket.

    Raises:
        CodeUnusable: there is none.
    """
    code = find_upload(bucket, TRAINING_CODE)
    if code is None:
        raise code_is_gone()
    return code


def check_training_code(bucket: Bucket, code: Upload, programs: tuple[str, ...] = PROGRAMS) -> None:
    """Makes sure that the jobs will find the programs that they start.

    Raises:
        CodeUnusable: the archive is gone, can't be read, or lacks a program.
    """
    found = bucket.open(code.key, code.version)
    if found is None:
        raise code_is_gone()
    try:
        with tarfile.open(fileobj=found["Body"], mode="r|gz") as archive:
            names = {name.removeprefix("./") for name in archive.getnames()}
    except (tarfile.TarError, EOFError, OSError) as error:
        raise CodeUnusable(
            spoken(
                "{key} is not a readable tar.gz archive ({error}). Pack it again and upload it.",
                key=TRAINING_CODE,
                error=error,
            )
        ) from error
    missing = [program for program in programs if program not in names]
    if missing:
        raise CodeUnusable(
            spoken(
                "{key} lacks {programs}, which the jobs start. Pack the folder training/ at the "
                "top of the archive and upload it again.",
                key=TRAINING_CODE,
                programs=", ".join(missing),
            )
        )


def code_is_gone() -> CodeUnusable:
    """What to do where there is no training code in the bucket."""
    return CodeUnusable(
        spoken(
            "The training code {key} is gone from the bucket. Upload your own version again, or "
            "delete the stack and deploy the template again to get Codefree's.",
            key=TRAINING_CODE,
        )
    )
