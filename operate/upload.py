"""The files of a dataset brought into the bucket, in the order in which they start one run."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lambdas.bucket.bucket import Bucket
from lambdas.settings.settings_text import Written, settings_text
from lambdas.uploads.dataset import Dataset, Part, dataset_named


@dataclass(frozen=True)
class Files:
    """The files of a dataset on this machine, without ``test`` a single one, and its settings."""

    train: Path
    test: Path | None
    settings: Iterable[Written] = ()


def upload_files(bucket: Bucket, name: str, files: Files) -> list[str]:
    """Uploads the dataset, and returns the keys in their order.

    Settings come first, for those that come later start a run of their own; the train file comes
    last, and makes the pair complete.
    """
    dataset = dataset_named(name)
    keys = []
    if text := settings_text(files.settings):
        keys.append(dataset.key(Part.SETTINGS))
        bucket.write(keys[0], text.encode(), "text/plain; charset=utf-8")
    tables = {Part.TEST: files.test, Part.TRAIN: files.train}
    for part, path in tables.items() if files.test else [(Part.WHOLE, files.train)]:
        if path:
            keys.append(_key(dataset, part, path))
            bucket.s3.upload_file(str(path), bucket.name, keys[-1])
    return keys


def _key(dataset: Dataset, part: Part, path: Path) -> str:
    return dataset.key(part) + (".gz" if path.name.lower().endswith(".gz") else "")
