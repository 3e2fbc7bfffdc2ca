"""What moto's server looks up for every request, although it never changes.

It looks for the service through its own folders on the disk, and through some hundred patterns, one
request at a time. For each answer that is an error it makes a table of all the service's errors
anew, which was a tenth of the work of asking for an object that is not there. It looks through a
class for its methods, compares all services with the one whose account it looks up, and sorts all
kinds of S3's events by name. And it tells browsers what they may read, which the door takes back.
"""

import functools
from typing import Any

from moto.core import errors, responses
from moto.core.base_backend import BackendDict
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3 import notifications

from local.patches import replace, wrap


def patch() -> None:
    """Makes the server remember what it has found."""
    find = functools.cache(DomainDispatcherApplication.get_backend_for_host)
    replace(DomainDispatcherApplication, "get_backend_for_host", find)
    # A factory keeps the tables that it makes; moto makes one for each answer.
    table_of = errors.ErrorLookupFactory().for_service
    replace(errors.ErrorLookupFactory, "for_service", lambda _, service: table_of(service))
    for module, name in ((responses, "method_names_from_class"), (notifications, "_detail_type")):
        replace(module, name, functools.cache(getattr(module, name)))
    wrap(BackendDict, "__getitem__", _account_known)
    replace(werkzeug_app, "DISABLE_GLOBAL_CORS", new=True)


def _account_known(find_or_make: Any, accounts: Any, account: str) -> Any:
    known = accounts.get(account)
    return find_or_make(accounts, account) if known is None else known
