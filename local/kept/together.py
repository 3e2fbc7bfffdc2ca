"""Whether the database and the bytes in a home belong together, before either is touched."""

import json
import uuid
from pathlib import Path

from local.kept.damage import HomeDamaged, missing_bytes
from local.kept.database import Database
from workflow.whole_files import write_whole

_ID = ".home"


def keep_together(home: Path, database: Database, is_new: bool) -> None:
    """Gives a new home its id, in the database and beside the bytes; looks whether an old one fits.

    Raises:
        HomeDamaged: the database is another home's, or lacks the rows of the bytes that are there,
            or bytes that it knows are gone.
    """
    objects = home / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    has_bytes = any(len(path.name) == 32 for path in objects.iterdir())
    rows = database.rows("SELECT bucket, key, bytes, fields FROM versions WHERE bytes != ''")
    if has_bytes and not rows and not database.rows("SELECT 1 FROM buckets"):
        raise HomeDamaged(
            home,
            f"{home / 'kept.sqlite'} {'is gone' if is_new else 'is empty'}, and the objects whose "
            f"list it was are still in {objects}.",
        )
    kept = (objects / _ID).read_text() if (objects / _ID).exists() else None
    own = database.home_id(kept or uuid.uuid4().hex)
    if kept and kept != own:
        raise HomeDamaged(home, f"{home / 'kept.sqlite'} belongs to another home.")
    if not kept:
        write_whole(objects / _ID, own.encode())
    if missing := [f"{row[0]}/{row[1]}" for row in rows if not _is_there(objects / row[2], row[3])]:
        raise missing_bytes(home, missing)


def _is_there(path: Path, fields: str) -> bool:
    """Whether the bytes of a version are there, in their length."""
    size = json.loads(fields).get("contentsize")
    return path.is_file() and size in (None, path.stat().st_size)
