"""Models, endpoints and model packages that outlive the process; endpoints come back up."""

import json
from dataclasses import asdict
from typing import Any

from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.records import Record
from local.kept.database import Database
from local.kept.json_times import as_json, with_times
from local.kept.room import wait_for_room


class KeptRecords:
    """Writes down every change of a record."""

    def __init__(self, database: Database, hosting: Hosting) -> None:
        self._database = database
        self._hosting = hosting
        self._frozen = False

    def attach(self) -> None:
        """Makes new records be kept, and their changes."""
        self._hosting.records.changed = self._keep
        self._hosting.records.removed = self._forget

    def freeze(self) -> None:
        """Keeps nothing more: what runs now will run again."""
        self._frozen = True

    def restore(self) -> None:
        """Takes the records in, and clears up what no endpoint needs."""
        for (kept,) in self._database.rows("SELECT record FROM records ORDER BY rowid"):
            self._hosting.records.restore(Record(**json.loads(kept, object_hook=with_times)))
        self._hosting.host.keep_only(self._hosting.endpoints.folders())

    def resume(self) -> None:
        """Runs the endpoints again; they need the stack's roles."""
        self._hosting.endpoints.resume()

    def _keep(self, record: Record) -> None:
        row = [record.kind, record.arn, json.dumps(asdict(record), default=as_json)]
        # A row that is there keeps its place, for they are taken in again in that order.
        self._write(
            "INSERT INTO records VALUES (?, ?, ?) "
            "ON CONFLICT (kind, arn) DO UPDATE SET record = excluded.record",
            row,
        )

    def _forget(self, record: Record) -> None:
        self._write("DELETE FROM records WHERE kind = ? AND arn = ?", [record.kind, record.arn])

    def _write(self, statement: str, row: list[Any]) -> None:
        def write() -> None:
            with self._database.writing(durably=True) as tables:
                tables.execute(statement, row)

        wait_for_room(write, give_up=lambda: self._frozen)
