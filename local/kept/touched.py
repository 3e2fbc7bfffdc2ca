"""Which objects the request of this thread changes."""

import threading
from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, S3Backend
from moto.s3.utils import _VersionedKeyStore

from local.patches import wrap


class Touched(threading.local):
    """What was changed so far, for each thread its own.

    ``keys`` are bucket and key of each object, ``gone`` the files of bytes that no version has any
    more, ``failed`` why something could not be kept: moto makes an answer of its own of what is
    raised inside.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forgets the request before."""
        self.keys: set[tuple[str, str]] = set()
        self.gone: set[str] = set()
        self.failed: Exception | None = None

    def attach(self) -> None:
        """Makes moto's S3 tell what it changes."""
        wrap(FakeBucket, "__init__", self._create)
        wrap(S3Backend, "put_object_tagging", self._tag)
        wrap(S3Backend, "delete_object_tagging", self._untag)

    def watch(self, bucket: FakeBucket) -> None:
        """Makes a bucket, empty so far, tell which of its keys are changed."""
        bucket.keys = _Keys(lambda key: self.keys.add((bucket.name, key)))

    def _create(self, create: Any, bucket: FakeBucket, *args: Any, **kwargs: Any) -> None:
        create(bucket, *args, **kwargs)
        self.watch(bucket)

    def _tag(self, tag: Any, backend: S3Backend, key: FakeKey, tags: Any) -> FakeKey:
        self.keys.add((key.bucket_name, key.name))
        return tag(backend, key, tags)

    def _untag(self, untag: Any, backend: S3Backend, bucket: str, key: str, *args: Any) -> None:
        self.keys.add((bucket, key))
        untag(backend, bucket, key, *args)


class _Keys(_VersionedKeyStore):  # type: ignore[misc]
    """A bucket's objects; tells which keys are changed."""

    def __init__(self, touch: Callable[[str], None]) -> None:
        super().__init__()
        self._touch = touch

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._touch(key)

    def setlist(self, key: str, list_: Any) -> None:
        super().setlist(key, list_)
        self._touch(key)

    def pop(self, key: str) -> None:
        super().pop(key)
        self._touch(key)
