"""The console of local mode, whose answers are AWS's."""

from tests.console.conftest import opened

__all__ = ["opened"]  # a fixture is known by being here
