"""A bucket with many objects: lists of what is below a prefix, and keys with many versions.

moto looks up the newest version of every key in the bucket, for every list, before it looks at the
key's name: with a thousand runs in a bucket that was a third of all its work. For each version that
a key had, it looks through all that the key has now. And to list versions it copies all that are in
the bucket, with their bytes.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from moto.s3.models import FakeKey, FakeTableStorageBucket, S3Backend
from moto.s3.utils import _VersionedKeyStore

from local.patches import add, replace, wrap

_making = threading.Lock()


class _Names:
    """The names of a bucket's keys, in order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        with self._lock:
            place = bisect_left(self._names, name)
            if self._names[place : place + 1] != [name]:
                self._names.insert(place, name)

    def remove(self, name: str) -> None:
        with self._lock:
            place = bisect_left(self._names, name)
            if self._names[place : place + 1] == [name]:
                del self._names[place]

    def below(self, prefix: str) -> list[str]:
        with self._lock:
            first = last = bisect_left(self._names, prefix)
            while last < len(self._names) and self._names[last].startswith(prefix):
                last += 1
            return self._names[first:last]


class _Below:
    """A bucket's newest versions below a prefix, as far as a list looks at the bucket."""

    def __init__(self, bucket: Any, prefix: str) -> None:
        found = ((name, bucket.keys.get(name)) for name in _names_of(bucket.keys).below(prefix))
        self.keys = {name: newest for name, newest in found if newest is not None}


def patch() -> None:
    """Makes a list look up what is below its prefix alone, and a new version look at none."""
    add(_VersionedKeyStore, "names", None)
    wrap(_VersionedKeyStore, "__setitem__", _set_item)
    replace(_VersionedKeyStore, "setlist", _set_list)
    wrap(_VersionedKeyStore, "pop", _pop)
    wrap(S3Backend, "list_objects", _list_objects)
    add(FakeKey, "__deepcopy__", _copied_to_be_listed)


def _set_item(set_item: Any, store: Any, name: str, value: Any) -> None:
    set_item(store, name, value)
    _names_of(store).add(name)


def _set_list(store: Any, name: str, versions: Any) -> None:
    kept = {id(version) for version in versions}
    for before in store.getlist(name, []):
        if id(before) not in kept and hasattr(before, "dispose"):
            before.dispose()
    dict.__setitem__(store, name, versions)
    _names_of(store).add(name)


def _pop(pop: Any, store: Any, name: str) -> None:
    pop(store, name)
    _names_of(store).remove(name)


def _names_of(store: Any) -> _Names:
    if store.names is None:
        with _making:
            store.names = store.names or _Names(store)
    names: _Names = store.names
    return names


def _list_objects(
    known: Any, self: S3Backend, bucket: Any, prefix: str | None, *args: Any, **kwargs: Any
) -> Any:
    if prefix and not isinstance(bucket, FakeTableStorageBucket):
        bucket = _Below(bucket, prefix)
    return known(self, bucket, prefix, *args, **kwargs)


def _copied_to_be_listed(version: FakeKey, _: dict[int, Any]) -> FakeKey:
    """A copy on which the list notes whether it is the newest; nobody asks a list for bytes."""
    etag = version.etag.strip('"')
    listed = object.__new__(type(version))
    listed.__dict__ = version.__dict__ | {"_etag": etag, "_value_buffer": None, "disposed": True}
    return listed
