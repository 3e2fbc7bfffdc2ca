"""The key of a local mode: the access key and secret that only the home's owner can read."""

import base64
import configparser
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from operate.home import HomeUnusable
from operate.language import spoken

# The format of AWS's shared credentials file, so that AWS_SHARED_CREDENTIALS_FILE may name it.
_FILE = "credentials"
_PROFILE = "default"


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret."""

    access_key: str
    secret_key: str = field(repr=False)


def new_credentials() -> Credentials:
    """Credentials that nobody can guess; the access key has the form and length of AWS's."""
    unique = base64.b32encode(secrets.token_bytes(10)).decode()[:12]
    return Credentials(f"CODEFREE{unique}", secrets.token_urlsafe(30))


def kept_credentials(home: Path) -> Credentials:
    """The credentials of ``home``; made when there are none, or none that are secret.

    Raises:
        HomeUnusable: there is no place for them.
    """
    path = home / _FILE
    if path.is_dir():
        raise HomeUnusable(
            spoken("{path} is a folder. Delete it, or choose another home with --home.", path=path)
        )
    found = credentials_in(home)
    if found and not path.stat().st_mode & 0o077:
        return found
    made = new_credentials()
    _write(path, made)
    return made


def credentials_in(home: Path) -> Credentials | None:
    """The credentials that are kept in ``home``; None where there are none to be read."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string((home / _FILE).read_text(encoding="utf-8"))
        kept = parser[_PROFILE]
        found = Credentials(kept["aws_access_key_id"], kept["aws_secret_access_key"])
    except (OSError, ValueError, KeyError, configparser.Error):
        return None
    return found if found.access_key and found.secret_key else None


def _write(path: Path, made: Credentials) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"[{_PROFILE}]\naws_access_key_id = {made.access_key}\n")
        file.write(f"aws_secret_access_key = {made.secret_key}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
