"""What moto's server looks up for every request, although it never changes.

It looks for the service through its own folders on the disk, and through some hundred patterns, one
request at a time. And for each answer that is an error it makes a table of all the service's errors
anew, which was a tenth of the work of asking for an object that is not there.
"""

import functools

from moto.core import errors
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.patches import replace


def patch() -> None:
    """Makes the server remember what it has found."""
    find = functools.cache(DomainDispatcherApplication.get_backend_for_host)
    replace(DomainDispatcherApplication, "get_backend_for_host", find)
    # A factory keeps the tables that it makes; moto makes one for each answer.
    table_of = errors.ErrorLookupFactory().for_service
    replace(errors.ErrorLookupFactory, "for_service", lambda _, service: table_of(service))
