"""The drafts of a stack: files brought to it, checked, and started as runs."""

import functools
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from lambdas.bucket.bucket import Bucket
from lambdas.settings.chosen import Chosen
from lambdas.uploads.dataset import Part
from lambdas.uploads.pair import Upload
from operate.account import CannotDo
from operate.drafts.check import Checked, DraftChecks, Question, Table
from operate.drafts.draft import (
    Draft,
    DraftFile,
    DraftPart,
    delete_draft,
    delete_file,
    keep_draft,
    list_drafts,
    new_draft,
    new_file_id,
    read_draft,
)
from operate.drafts.part_upload import (
    PartUpload,
    UploadGone,
    begin_upload,
    part_bytes_for,
    part_sizes,
)
from operate.drafts.parts import MOST_FILES, OTHER_PART, Announced, part_in, parts_of
from operate.drafts.settings import (
    chosen_by,
    column_as_text,
    file_of_settings,
    texts_of_file,
)
from operate.drafts.stack_wish import Cost, StackWish, cost_of, stack_wish
from operate.drafts.start import (
    copy_upload,
    earlier_uploads,
    refuse_other_kind,
    start_tables,
    usable_dataset,
)
from operate.drafts.streamed_file import StreamedFile
from operate.drafts.view import DraftView
from operate.language import spoken
from operate.pair_files import dataset_name, part_in_name
from operate.place import Place


class DraftGone(CannotDo):
    """There is no such draft: it was started, cancelled, or has expired."""


class Drafts:
    """The drafts of the stack at ``place``."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._names: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._started: dict[str, str] = {}

    @functools.cached_property
    def bucket(self) -> Bucket:
        """The stack's bucket."""
        account = self._place.account
        return Bucket(account.bucket(self._place.stack), account.s3)

    def listed(self) -> list[Draft]:
        """The newest drafts."""
        return list(list_drafts(self.bucket))

    def begin(self, files: Iterable[Announced], dataset: str = "") -> Draft:
        """A new draft whose files are about to come in parts.

        Raises:
            CannotDo: they are too many, empty or too large.
        """
        announced = list(files)
        draft = self.new([file.name for file in announced], dataset)
        parts = parts_of(announced, self._usual_part(draft.dataset, announced))
        for file, part in zip(announced, parts, strict=True):
            draft = draft.with_file(self._announced(draft, file, part))
        keep_draft(self.bucket, draft)
        return draft

    def new(self, names: Iterable[str], dataset: str = "") -> Draft:
        """A draft that is not written down yet: with the name that files called so suggest, and
        the settings that the dataset has had."""
        paths = [Path(name) for name in names]
        name = dataset or (dataset_name(*_train_first(paths)) if paths else "")
        return replace(new_draft(name), settings=self._earlier_settings(name))

    def add(self, draft_id: str, file: Announced, part: str = "") -> DraftFile:
        """A further file, or one in place of another, which is about to come in parts.

        Raises:
            CannotDo: it is empty or too large.
            DraftGone: there is no such draft.
        """
        with self._locks[draft_id]:
            draft = self._read(draft_id)
            added = self._announced(draft, file, part_in(draft, file.name, part))
            self._keep_with(draft, added)
            return added

    def stream(self, draft: Draft, name: str, most: int) -> StreamedFile:
        """What takes a file of ``most`` bytes or fewer for the draft, as its bytes come."""
        return StreamedFile(self.bucket, draft, name, part_bytes_for(max(1, most)))

    def keep_streamed(self, draft: Draft, files: list[DraftFile], part: str = "") -> None:
        """Writes down the draft with files that have come as streams; ``part`` is that of a file
        that comes to a draft which is there already.

        Raises:
            CannotDo: they are too many, or none; they are removed again.
        """
        with self._locks[draft.id]:
            there = read_draft(self.bucket, draft.id)
            if there and files:
                self._keep_with(there, replace(files[0], part=part_in(there, files[0].name, part)))
                return
            told = [Announced(file.name, file.size) for file in files]
            try:
                parts = parts_of(told, self._usual_part(draft.dataset, told))
            except CannotDo:
                self.discard(draft, files)
                raise
            if not draft.dataset:
                named = self.new([file.name for file in files])
                draft = replace(draft, dataset=named.dataset, settings=named.settings)
            kept = [replace(f, part=p) for f, p in zip(files, parts, strict=True)]
            keep_draft(self.bucket, replace(draft, files=tuple(kept)))

    def discard(self, draft: Draft, files: Iterable[DraftFile]) -> None:
        """Removes files that have come as streams and belong to nothing."""
        for file in files:
            delete_file(self.bucket, draft, file)

    def upload(self, draft_id: str, file_id: str) -> tuple[DraftFile, PartUpload]:
        """A file of the draft and its upload in parts.

        Raises:
            DraftGone: there is no such draft, or no such file in it any more.
        """
        draft = self._read(draft_id)
        file = draft.file(file_id)
        if file is None:
            raise DraftGone(spoken("This file was replaced by another one."))
        return file, PartUpload(self.bucket, draft.key(file), file.upload)

    def arrived(self, draft_id: str, file_id: str) -> tuple[DraftFile, dict[int, int]]:
        """A file of the draft and the parts of it that have arrived: how many bytes each has, by
        its number. Where its upload is not there any more, it begins anew.

        Raises:
            DraftGone: there is no such draft, or no such file in it any more.
        """
        with self._locks[draft_id]:
            file, upload = self.upload(draft_id, file_id)
            try:
                return file, upload.parts()
            except UploadGone:
                draft = self._read(draft_id)
                if self._table(draft, file):  # it is whole
                    return file, part_sizes(file.size, file.part_bytes)
                again = replace(file, upload=begin_upload(self.bucket, draft.key(file)).id)
                files = tuple(again if one == file else one for one in draft.files)
                keep_draft(self.bucket, replace(draft, files=files))
                return again, {}

    def complete(self, draft_id: str, file_id: str) -> None:
        """Makes the file of its parts; twice is as once.

        Raises:
            CannotDo: parts are missing, or there is no such draft, file or upload.
        """
        file, upload = self.upload(draft_id, file_id)
        upload.complete(file.size)

    def view(self, draft_id: str) -> DraftView:
        """What there is to say of the draft; its check begins when its files are there.

        Raises:
            DraftGone: there is no such draft.
        """
        draft, stack = self._read(draft_id), self._stack_wish
        problems: list[str] = []
        asked, earlier = None, {}
        try:
            asked = chosen_by(stack, dict(draft.settings))
        except CannotDo as why:
            problems.append(str(why))
        try:
            earlier = earlier_uploads(self.bucket, draft.dataset)
        except CannotDo as why:
            problems.append(str(why))
        own = {f.id: table for f in draft.files if (table := self._table(draft, f))}
        tables, missing = _tables(draft, own, earlier)
        if tables and not problems:
            problems += _of_name(draft.dataset, tables, earlier)
        state, cost = None, None
        if tables and asked:
            is_default = "target" not in asked.fields
            state = self._checks.state(
                draft_id, Question(tuple(tables.values()), asked.wish, is_default)
            )
            cost = self._cost(asked, state.checked, problems)
        return DraftView(
            *(draft, stack, frozenset(own), earlier, tables, missing),
            *(asked, state, cost, tuple(problems)),
        )

    def is_checking(self, draft_id: str) -> bool:
        """Whether its check is under way."""
        state = self._checks.latest(draft_id)
        return state is not None and state.is_running

    def choose(self, draft_id: str, dataset: str, texts: Mapping[str, str]) -> None:
        """Chooses the dataset's name and its settings.

        Raises:
            CannotDo: one of them can't be used, and nothing was chosen.
            DraftGone: there is no such draft.
        """
        with self._locks[draft_id]:
            draft = self._read(draft_id)
            is_pair = not any(file.part == "whole" for file in draft.files)
            name = usable_dataset(dataset, is_pair=is_pair).name
            chosen_by(self._stack_wish, texts)
            self._checks.forget(draft_id)  # one that has failed is tried again
            keep_draft(
                self.bucket, replace(draft, dataset=name, settings=tuple(sorted(texts.items())))
            )

    def set_part(self, draft_id: str, file_id: str, part: str) -> None:
        """Says which part a file plays; of two files the other one plays the other part."""
        with self._locks[draft_id]:
            draft = self._read(draft_id)
            is_one_of_two = len(draft.files) == MOST_FILES
            if draft.file(file_id) is None or (is_one_of_two and part not in OTHER_PART):
                return
            this = part_in(draft, "", part)
            files = [
                replace(file, part=this if file.id == file_id else OTHER_PART[this])
                for file in draft.files
            ]
            keep_draft(self.bucket, replace(draft, files=tuple(files)))

    def cancel(self, draft_id: str) -> None:
        """Removes the draft, its files and its check; nothing happens where there is none."""
        with self._locks[draft_id]:
            self._checks.forget(draft_id)
            if draft := read_draft(self.bucket, draft_id):
                delete_draft(self.bucket, draft)

    def start(self, draft_id: str, seen: str) -> str:
        """Starts a run, and returns the dataset's name; twice is as once.

        Raises:
            CannotDo: it can't be started, or is not what was ``seen``.
            DraftGone: there is no such draft.
        """
        with self._locks[draft_id]:
            if name := self._started.get(draft_id):
                return name
            # Two drafts of one name would mix their files.
            with self._names[self._read(draft_id).dataset]:
                return self._start(draft_id, seen)

    def sample(self) -> Draft:
        """A draft with sample data."""
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-P", "-m", "operate.drafts.sample_data", folder]
            subprocess.run(command, check=True, capture_output=True)
            tables = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
        draft = self.new(tables)
        for name, body in tables.items():
            part: DraftPart = part_in_name(Path(name)) or "whole"
            file = DraftFile(new_file_id(), name, len(body), part)
            self.bucket.write(draft.key(file), body)
            draft = draft.with_file(file)
        keep_draft(self.bucket, draft)
        return draft

    def stop(self) -> None:
        """Ends all checks."""
        if "_checks" in self.__dict__:
            self._checks.stop()

    @functools.cached_property
    def _checks(self) -> DraftChecks:
        return DraftChecks(self._place.account, self.bucket.name)

    @property
    def _stack_wish(self) -> StackWish:
        return stack_wish(self._place)

    def _read(self, draft_id: str) -> Draft:
        draft = read_draft(self.bucket, draft_id)
        if draft is None:
            raise DraftGone(
                spoken("These files are not here any more: they were started, or removed.")
            )
        return draft

    def _start(self, draft_id: str, seen: str) -> str:
        view = self.view(draft_id)
        if not view.can_start:
            raise CannotDo(spoken("This can't be started yet. Look at what is said about it."))
        if view.seen != seen:
            raise CannotDo(
                spoken("Something has changed since you opened the page. Look at it again.")
            )
        view = self._with_own_last(view)
        texts = dict(view.draft.settings)
        assert view.asked
        if view.target != view.asked.wish.target:
            texts["target"] = column_as_text(view.target)
        name = view.draft.dataset
        start_tables(self.bucket, name, dict(view.tables), file_of_settings(texts))
        self._started[draft_id] = name
        self._checks.forget(draft_id)
        delete_draft(self.bucket, view.draft)
        return name

    def _announced(self, draft: Draft, file: Announced, part: DraftPart) -> DraftFile:
        part_bytes = part_bytes_for(file.size)
        made = DraftFile(new_file_id(), file.name, file.size, part, part_bytes, "", file.modified)
        return replace(made, upload=begin_upload(self.bucket, draft.key(made)).id)

    def _keep_with(self, draft: Draft, file: DraftFile) -> Draft:
        """Writes the draft down with one more file, and removes those that it replaces."""
        kept = draft.with_file(file)
        keep_draft(self.bucket, kept)
        for other in draft.files:
            if other not in kept.files:
                delete_file(self.bucket, draft, other)
        return kept

    def _table(self, draft: Draft, file: DraftFile) -> Table | None:
        """The file as what is checked; None as long as it is not there."""
        upload = _there(self.bucket, draft.key(file))
        return Table(upload, file.name) if upload else None

    def _usual_part(self, name: str, files: list[Announced]) -> DraftPart:
        """Which part a single file plays whose name does not tell: half of a pair, if the dataset
        has been one."""
        if len(files) != 1:
            return "whole"
        try:
            earlier = earlier_uploads(self.bucket, name)
        except CannotDo:
            return "whole"
        return "train" if Part.TEST in earlier else "whole"

    def _earlier_settings(self, name: str) -> tuple[tuple[str, str], ...]:
        """The settings that the dataset has had, for the files of another try."""
        try:
            kept = earlier_uploads(self.bucket, name).get(Part.SETTINGS) if name else None
        except CannotDo:
            return ()
        content = self.bucket.read(kept.key) if kept else None
        return tuple(sorted(texts_of_file(content, "").items())) if content else ()

    def _cost(self, asked: Chosen, checked: Checked | None, problems: list[str]) -> Cost | None:
        if not checked or not checked.profile or checked.errors:
            return None
        try:
            return cost_of(self._place.account, checked.profile, asked.wish)
        except CannotDo as why:
            problems.append(str(why))
            return None

    def _with_own_last(self, view: DraftView) -> DraftView:
        """The same with the table that is uploaded last among its own files: where that is an
        earlier upload, it would be gone if the start were interrupted."""
        last = Part.WHOLE if Part.WHOLE in view.tables else Part.TRAIN
        table = view.tables[last]
        if not table.is_earlier:
            return view
        part: DraftPart = "whole" if last is Part.WHOLE else "train"
        file = DraftFile(new_file_id(), table.name, table.upload.size, part)
        key = view.draft.key(file)
        copy_upload(self.bucket, table.upload, key)
        draft = view.draft.with_file(file)
        keep_draft(self.bucket, draft)
        upload = _there(self.bucket, key)
        assert upload
        return replace(view, draft=draft, tables={**view.tables, last: Table(upload, table.name)})


def _there(bucket: Bucket, key: str) -> Upload | None:
    head = bucket.head(key)
    if head is None:
        return None
    return Upload(key, head["ETag"].strip('"'), head["VersionId"], head["ContentLength"])


def _tables(
    draft: Draft, own: Mapping[str, Table], earlier: Mapping[Part, Upload]
) -> tuple[dict[Part, Table], Part | None]:
    """The tables that a run would read, empty until all are there; and the half that is missing,
    which nobody has begun to bring."""
    by_part = {Part(file.part): own.get(file.id) for file in draft.files}
    if Part.WHOLE in by_part or not by_part:
        whole = by_part.get(Part.WHOLE)
        return ({Part.WHOLE: whole} if whole else {}), None
    tables: dict[Part, Table] = {}
    for part in (Part.TRAIN, Part.TEST):
        if part in by_part:
            table = by_part[part]
        elif part in earlier:
            table = Table(earlier[part], earlier[part].file_name, is_earlier=True)
        else:
            return {}, part
        if table:
            tables[part] = table
    return (tables if len(tables) == MOST_FILES else {}), None


def _of_name(name: str, tables: Mapping[Part, Table], earlier: Mapping[Part, Upload]) -> list[str]:
    is_pair = Part.WHOLE not in tables
    try:
        usable_dataset(name, is_pair=is_pair)
        refuse_other_kind(name, dict(earlier), is_pair=is_pair)
    except CannotDo as why:
        return [str(why)]
    return []


def _train_first(names: list[Path]) -> list[Path]:
    return sorted(names, key=lambda path: part_in_name(path) == "test")[:MOST_FILES]
