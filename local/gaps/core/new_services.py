"""Services that moto does not have at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from moto import backend_index, backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse

from local.patches import PatchRefused, add_item, wrap


@dataclass(frozen=True)
class NewService:
    """A service: its name in moto, where it answers (patterns), and what answers there."""

    name: str
    host: str
    path: str
    response: type[BaseResponse]


def patch(*services: NewService) -> None:
    """Makes moto's server know the services.

    Raises:
        PatchRefused: moto has one of them now.
    """
    made = {service.name: BackendDict(_backend(service), service.name) for service in services}

    def get_backend(known: Callable[[str], Any], name: str) -> Any:
        return made[name] if name in made else known(name)

    patterns, called = backend_index.backend_url_patterns, "moto.backend_index.backend_url_patterns"
    for service in services:
        if service.name in backends.list_of_moto_modules():
            raise PatchRefused(f"moto.{service.name} is to be added, and is there already")
        add_item(patterns, (service.name, re.compile(service.host)), called=called)
    wrap(backends, "get_backend", get_backend)


def _backend(service: NewService) -> type[BaseBackend]:
    """A backend that holds nothing."""
    urls = SimpleNamespace(
        url_bases=[service.host], url_paths={service.path: service.response.dispatch}
    )

    class Backend(BaseBackend):  # type: ignore[misc]
        # moto looks for a package with a module called urls.
        _url_module = urls

    return Backend
