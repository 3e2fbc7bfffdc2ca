"""What moto's server looks up for every request, although it never changes.

It looks for the service through its own folders on the disk, and through some hundred patterns, one
request at a time. For each answer that is an error it makes a table of all the service's errors
anew, which was a tenth of the work of asking for an object that is not there. It looks through a
class for its methods, compares all services with the one whose account it looks up, and sorts all
kinds of S3's events by name. And it tells browsers what they may read, which the door takes back.

What else it does for each request was in sum a fifth of the work of the smaller ones: it puts the
request's address together three times, draws each letter of the answer's id, prepares words for
forms without their type, and asks of each header whether its name was another. In a list of objects
it parses each time, which it has just written, by a way that knows all that people write.
"""

import functools
import random
import re
import string
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask.wrappers import Request as FlaskRequest
from moto.core import errors, responses, serialize
from moto.core.base_backend import BackendDict
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, EnvironHeaders, Request
from moto.moto_api._internal.moto_random import MotoRandom
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3 import notifications

from local.patches import replace, wrap

# Where a request's environment has its address, once it was asked for.
_ADDRESS = "codefree.address"
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}(\d{3})?)?Z", re.ASCII)


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
    wrap(Request, "raw_url", _address)
    wrap(EnvironHeaders, "__iter__", _names_and_values)
    wrap(FlaskRequest, "_load_form_data", _read_form)
    replace(MotoRandom, "get_random_string", _random_string)
    wrap(serialize, "parse_to_aware_datetime", _moment)


def _account_known(find_or_make: Any, accounts: Any, account: str) -> Any:
    known = accounts.get(account)
    return find_or_make(accounts, account) if known is None else known


def _address(address: Any, request: Request) -> str:
    known = request.environ.get(_ADDRESS)
    if known is None:
        known = request.environ[_ADDRESS] = address(request)
    return str(known)


def _names_and_values(as_sent: Any, headers: EnvironHeaders) -> Iterator[tuple[str, str]]:
    if headers.environ.get(PRESERVED_HEADER_NAMES_ENVIRON_KEY):
        yield from as_sent(headers)
    else:
        yield from super(EnvironHeaders, headers).__iter__()


def _read_form(_: Any, request: FlaskRequest) -> None:
    """Without what Flask adds to tell a person who debugs an application about a form's type."""
    super(FlaskRequest, request)._load_form_data()


def _random_string(
    source: random.Random,
    length: int = 20,
    include_digits: bool = True,  # noqa: FBT002 (as moto has it)
    lower_case: bool = False,  # noqa: FBT002
) -> str:
    letters = string.ascii_letters + (string.digits if include_digits else "")
    drawn = "".join(source.choices(letters, k=length))
    return drawn.lower() if lower_case else drawn


def _moment(parsed: Any, value: Any) -> datetime:
    if isinstance(value, str) and _ISO_TIME.fullmatch(value):
        return datetime.fromisoformat(value)
    moment: datetime = parsed(value)
    return moment
