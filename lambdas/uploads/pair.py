"""What a run reads of the uploads in the bucket: which versions, and whether all are there."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.kept_data import broken, json_object, made_of
from lambdas.bucket.layout import UPLOADS, pair_key
from lambdas.errors import PairRejected, UploadMisnamed
from lambdas.language import spoken
from lambdas.uploads.asked import Asked
from lambdas.uploads.dataset import HALVES, Dataset, Part, dataset_named, written_name
from lambdas.uploads.key import dataset_of, file_of, is_by_product
from lambdas.uploads.spellings import spellings


@dataclass(frozen=True)
class Upload:
    """One version of one object. ``etag`` tells its content, ``version`` this very upload.

    ``uploaded`` is when it was written, in whole seconds since 1970, as S3 tells it.
    """

    key: str
    etag: str
    version: str
    size: int
    uploaded: int = 0

    @property
    def file_name(self) -> str:
        """The file as the person knows it."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class Pair:
    """The uploads that belong together, frozen: later uploads have other versions.

    A whole table that is split into the two halves is both of them. ``settings`` are the dataset's,
    where it has some, and ``asked`` those that the execution was started with, by their names.
    """

    name: str
    train: Upload
    test: Upload
    settings: Upload | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_one_file(self) -> bool:
        """Whether it is a whole table, to be split."""
        return self.train == self.test

    @property
    def tables(self) -> list[Upload]:
        """The uploads with rows: two, or one."""
        return [self.train] if self.is_one_file else [self.train, self.test]

    @property
    def uploads(self) -> list[Upload]:
        """All of its uploads."""
        return [*self.tables, *filter(None, [self.settings])]

    def to_json(self) -> str:
        """The pair as text, read back by :func:`pair_from_json`."""
        return json.dumps(asdict(self), ensure_ascii=False)


def pair_from_json(text: str | bytes) -> Pair:
    """The pair that :meth:`Pair.to_json` wrote.

    Raises:
        KeptDataBroken: it is something else.
    """
    return pair_from_fields(json_object(text))


def pair_from_fields(fields: dict[str, Any]) -> Pair:
    """The pair in what ``asdict`` made of it.

    Raises:
        KeptDataBroken: it is something else.
    """
    settings = fields.get("settings")
    return Pair(
        _dataset_kept(fields.get("name")),
        made_of(Upload, fields.get("train")),
        made_of(Upload, fields.get("test")),
        None if settings is None else made_of(Upload, settings),
        _texts_kept(fields.get("asked", {})),
    )


def read_pair(bucket: Bucket, run: str) -> Pair | None:
    """What the run read when it was first checked; None where it never came so far.

    Raises:
        KeptDataBroken: somebody has written something else there.
    """
    kept = bucket.read(pair_key(run))
    return None if kept is None else pair_from_json(kept)


def keep_pair(bucket: Bucket, run: str, pair: Pair) -> None:
    """Writes down what the run reads, so that a retry or redrive reads the same."""
    bucket.write(pair_key(run), pair.to_json().encode())


@dataclass(frozen=True)
class RunRequest:
    """What an execution was started for.

    Args:
        dataset: which dataset it is about.
        key: the upload's, where one started it.
        waited: the place in line whose turn it is, where one waited before.
        force: whether the same files are to be trained again.
        settings: the settings that stand in the execution's input, by their names.
    """

    dataset: Dataset
    key: str | None
    waited: str | None = None
    force: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def part(self) -> Part | None:
        """Which file of the dataset started the execution, where one did."""
        return None if self.key is None else file_of(self.key).part


def resolve_request(bucket: Bucket, asked: Asked) -> RunRequest | None:
    """What was ``asked``, with the upload's key as it is in the bucket.

    None where the upload is no file of anybody's: S3's console makes an empty object of a folder,
    whose key ends in a slash, and programs leave files beside those that they are told to write.

    Raises:
        UploadMisnamed: the upload has a name that can't be used.
    """
    if asked.key is None:
        dataset = dataset_named(asked.name or "")
        return RunRequest(dataset, None, asked.waited, asked.force, asked.settings)
    existing = find_existing_key(bucket, asked.key)
    if is_by_product(existing) or is_folder(bucket, existing):
        return None
    return RunRequest(dataset_of(existing), existing)


def find_uploads(bucket: Bucket, request: RunRequest) -> dict[Part, Upload]:
    """The newest uploads of the dataset's files, as far as they are there, whatever their spelling.

    Each spelling of a name is a key of its own, so they are looked for in lists of keys.
    """
    listed = {key for beginning in _beginnings(request) for key in bucket.keys(beginning)}
    part_of = {key: _part_of(request.dataset, key) for key in sorted(listed)}
    found: dict[Part, Upload] = {}
    for part in Part:
        keys = [key for key in part_of if part_of[key] is part]
        if newest := find_newest_upload(bucket, keys, request.key):
            found[part] = newest
    return found


def pair_of(request: RunRequest, uploads: Mapping[Part, Upload]) -> Pair | None:
    """The pair among the uploads, or the whole table; None where something is missing.

    A pair wins over a whole table. One half that comes alone waits for the other, though there be a
    whole table, which had a run of its own.

    Raises:
        PairRejected: a whole table came, and the dataset has a pair.
    """
    halves = [uploads[part] for part in HALVES if part in uploads]
    whole = uploads.get(Part.WHOLE)
    if len(halves) == len(HALVES):
        if request.part is Part.WHOLE and whole:
            raise PairRejected(
                spoken(
                    "{table} was not used, because {train} and {test} are there, and a pair comes "
                    "before a single table. Delete the pair and upload the table again, or give "
                    "the table another NAME.",
                    table=whole.file_name,
                    train=halves[0].file_name,
                    test=halves[1].file_name,
                )
            )
        train, test = halves
    elif whole and request.part not in HALVES:
        train = test = whole
    else:
        return None
    settings = uploads.get(Part.SETTINGS)
    return Pair(request.dataset.name, train, test, settings, request.settings)


def find_newest_upload(
    bucket: Bucket, keys: Iterable[str], announced: str | None = None
) -> Upload | None:
    """The upload that came last among those under ``keys``, or None where there is none.

    S3 tells times in whole seconds: within one, the ``announced`` key counts.
    """
    found = [(head["LastModified"], key, head) for key in keys if (head := bucket.head(key))]
    if not found:
        return None
    _, key, head = max(found, key=lambda upload: (upload[0], upload[1] == announced))
    return Upload(
        key,
        head["ETag"].strip('"'),
        head["VersionId"],
        head["ContentLength"],
        int(head["LastModified"].timestamp()),
    )


def find_upload(bucket: Bucket, key: str) -> Upload | None:
    """The newest version of ``key``, or None where there is none."""
    return find_newest_upload(bucket, [key])


def find_existing_key(bucket: Bucket, key: str) -> str:
    """``key`` as S3 knows it: sources disagree on whether the event carries it URL-encoded."""
    decoded = unquote_plus(key)
    if decoded == key or find_upload(bucket, key):
        return key
    return decoded if find_upload(bucket, decoded) else key


def is_folder(bucket: Bucket, key: str) -> bool:
    """Whether the object is what S3's console makes of a folder."""
    if not key.endswith("/"):
        return False
    upload = find_upload(bucket, key)
    return upload is None or upload.size == 0


def _beginnings(request: RunRequest) -> set[str]:
    """How the keys begin among which the files are looked for.

    Whoever asks by name, as Sweep does, gets a look at all of them. For an upload's event, of which
    there may be many at once, the name's two usual forms and the upload's own are enough: what is
    written in another one, Sweep finds. For one half a whole table does not count (``pair_of``).
    """
    if request.key is None:
        return {UPLOADS}
    forms = spellings(request.dataset.name)
    own = written_name(request.key.removeprefix(UPLOADS))
    signs = "_" if request.part in HALVES else "_."
    return {f"{UPLOADS}{name}{sign}" for name in {*forms, own} for sign in signs}


def _part_of(dataset: Dataset, key: str) -> Part | None:
    """Which file of the dataset is under the key; None where none is."""
    try:
        found = file_of(key)
    except UploadMisnamed:
        return None
    return found.part if found.dataset == dataset else None


def _texts_kept(value: object) -> dict[str, str]:
    """The texts by their names, if these are texts.

    Raises:
        KeptDataBroken: it is something else.
    """
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise broken(spoken("Its settings are not texts."))
    return value


def _dataset_kept(name: object) -> str:
    """The dataset's name, if it is one.

    Raises:
        KeptDataBroken: it is none.
    """
    try:
        return dataset_named(name if isinstance(name, str) else "").name
    except PairRejected as error:
        raise broken(spoken("It names no dataset.")) from error
