"""Which objects the request of this thread changes."""

import operator
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, S3Backend
from moto.s3.utils import _VersionedKeyStore

from local.patches import wrap


class Touched(threading.local):
    """What was changed so far, for each thread its own.

    ``keys`` are bucket and key of each object, ``rewritten`` those of them to which more was done
    than that a version was added, ``rows_before`` how many rows each had, ``gone`` the files of
    bytes that no version has any more, ``failed`` why something could not be kept: moto makes an
    answer of its own of what is raised inside.
    """

    def __init__(self) -> None:
        self._begin()

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Has nothing changed meanwhile: a request may make another one in its own thread."""
        before = dict(self.__dict__)
        self._begin()
        try:
            yield
        finally:
            self.__dict__.update(before)

    def _begin(self) -> None:
        self.keys: set[tuple[str, str]] = set()
        self.rewritten: set[tuple[str, str]] = set()
        self.rows_before: dict[tuple[str, str], int] = {}
        self.gone: set[str] = set()
        self.failed: Exception | None = None

    def attach(self) -> None:
        """Makes moto's S3 tell what it changes."""
        wrap(FakeBucket, "__init__", self._create)
        wrap(S3Backend, "put_object_tagging", self._tag)
        wrap(S3Backend, "delete_object_tagging", self._untag)

    def watch(self, bucket: FakeBucket) -> None:
        """Makes a bucket, empty so far, tell which of its keys are changed."""
        bucket.keys = _Keys(partial(self._note, bucket.name))

    def _note(self, bucket: str, key: str, *, is_added: bool = False) -> None:
        self.keys.add((bucket, key))
        if not is_added:
            self.rewritten.add((bucket, key))

    def _create(self, create: Any, bucket: FakeBucket, *args: Any, **kwargs: Any) -> None:
        create(bucket, *args, **kwargs)
        self.watch(bucket)

    def _tag(self, tag: Any, backend: S3Backend, key: FakeKey, tags: Any) -> FakeKey:
        # Every new version is given its tags, if only none.
        self._note(key.bucket_name, key.name, is_added=key.kept_at is None)
        return tag(backend, key, tags)

    def _untag(self, untag: Any, backend: S3Backend, bucket: str, key: str, *args: Any) -> None:
        self._note(bucket, key)
        untag(backend, bucket, key, *args)


class _Keys(_VersionedKeyStore):  # type: ignore[misc]
    """A bucket's objects; tells which keys are changed."""

    def __init__(self, touch: Callable[..., None]) -> None:
        super().__init__()
        self._touch = touch

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._touch(key)

    def setlist(self, key: str, list_: Any) -> None:
        before = self.getlist(key, [])
        is_added = len(list_) > len(before) and all(map(operator.is_, before, list_))
        super().setlist(key, list_)
        self._touch(key, is_added=is_added)

    def pop(self, key: str) -> None:
        super().pop(key)
        self._touch(key)
