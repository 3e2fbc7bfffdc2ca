"""How much a stack's bucket holds, old versions and all: that is what S3 bills."""

from collections import defaultdict
from dataclasses import dataclass

from operate.place import Place


@dataclass(frozen=True)
class FolderSize:
    """What the keys hold that begin with a folder's name: versions, and their bytes."""

    folder: str
    versions: int
    bytes: int


@dataclass(frozen=True)
class BucketSize:
    """What the folders hold, the largest first."""

    folders: tuple[FolderSize, ...]

    @property
    def bytes(self) -> int:
        """What all of them hold."""
        return sum(folder.bytes for folder in self.folders)


def measure_bucket(place: Place) -> BucketSize:
    """Lists all versions in the bucket: one request for a thousand of them."""
    bucket = place.account.bucket(place.stack)
    numbers: dict[str, int] = defaultdict(int)
    lengths: dict[str, int] = defaultdict(int)
    pages = place.account.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        for version in page.get("Versions", []):
            folder = version["Key"].partition("/")[0] + "/"
            numbers[folder] += 1
            lengths[folder] += version["Size"]
    folders = [FolderSize(name, numbers[name], lengths[name]) for name in numbers]
    return BucketSize(tuple(sorted(folders, key=lambda each: each.bytes, reverse=True)))
