"""Which service a request is for, found once a host.

moto's server looks through its own folders on the disk, and through some hundred patterns, for
every request, one request at a time.
"""

import functools

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.patches import replace


def patch() -> None:
    """Makes the server remember what it has found."""
    find = functools.cache(DomainDispatcherApplication.get_backend_for_host)
    replace(DomainDispatcherApplication, "get_backend_for_host", find)
