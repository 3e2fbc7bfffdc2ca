"""``codefree upload``: the files of a dataset, with its settings, into the stack's bucket."""

from typing import Annotated

import typer
from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.errors import PairRejected
from lambdas.settings.settings_text import Written
from lambdas.uploads.dataset import Part, dataset_named
from lambdas.uploads.key import file_of
from operate.account import DENIED
from operate.error_answer import error_answer
from operate.language import spoken
from operate.pair_files import dataset_name, require_files
from operate.pair_options import TestFile, TrainFile
from operate.place import Place, in_place
from operate.settings_options import require_usable, with_settings
from operate.terminal import fail, told
from operate.upload import Files, upload_files
from operate.visible_text import shown


@with_settings(None)
@in_place
def upload_command(
    place: Place,
    settings: list[Written],
    train: TrainFile,
    test: TestFile = None,
    name: Annotated[
        str, typer.Option(help="The dataset's name, if not the file's.", show_default=False)
    ] = "",
) -> None:
    """Upload one file or a pair, with its settings. A run starts by itself."""
    require_files(train, test)
    require_usable(settings)
    name = name or dataset_name(train, test)
    try:
        file_of(dataset_named(name).key(Part.WHOLE if test is None else Part.TRAIN))
    except PairRejected as error:
        fail(f"--name: {error}")
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    keys = upload_files(bucket, name, Files(train, test, settings))
    told(spoken("Uploaded {keys}.", keys=", ".join(shown(key) for key in keys)))
    kept = dataset_named(name).key(Part.SETTINGS)
    if not settings and _is_there(bucket, kept):
        told(spoken("{key} is there from before and holds for this run.", key=shown(kept)))
    told(spoken("Watch the run: codefree status{options}", options=place.options))


def _is_there(bucket: Bucket, key: str) -> bool:
    """Whether there is such an object; whoever may only upload is not told."""
    try:
        return key in bucket.keys(key, 1)
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        return False
