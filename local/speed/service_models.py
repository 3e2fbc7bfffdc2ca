"""AWS's descriptions of its services, each read and held once.

The clients here, moto's answers, and its list of a service's regions would each have their own: of
SageMaker's alone that is 14 MB each time. And moto looks for all services' names, in their folders,
for each service that answers with an error.
"""

from typing import Any

import boto3
from moto.core import utils
from moto.core.base_backend import AccountSpecificBackend
from moto.core.loaders import create_loader

from local.boto_session import botocore_session, loader
from local.patches import replace, wrap


def patch() -> None:
    """Makes moto use the descriptions that the clients have."""
    wrap(utils, "_load_service_model", _description)
    session = boto3.Session(botocore_session=botocore_session())
    replace(AccountSpecificBackend, "get_session", lambda _: session)
    replace(utils, "Session", lambda: session)


def _description(load: Any, service: str, kind: str) -> Any:
    """The one that the clients have, unless moto or botocore adds something of its own to it."""
    shared: Any = loader()
    version = shared.determine_latest_version(service, kind)
    for each in (shared, create_loader()):
        if any(True for _ in each._find_extras(service, kind, version)):
            return load(service, kind)
    return shared.load_service_model(service, kind)
