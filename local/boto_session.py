"""Sessions of boto3 that read AWS's service models once for all of them.

Each would read and hold its own: up to a quarter of a second and 30 MB for a single client.
"""

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader


def boto_session(access_key: str, secret_key: str, token: str | None, region: str) -> boto3.Session:
    """A session with these credentials."""
    own = botocore_session()
    return boto3.Session(access_key, secret_key, token, region, botocore_session=own)


def botocore_session() -> Any:
    """What is below one of boto3's, without credentials."""
    session = botocore.session.get_session()
    session.register_component("data_loader", loader())
    return session


@cache
def loader() -> Loader:
    """What reads the service models for all of them, and keeps them."""
    return create_loader()
