"""What holds for all tests."""

import os

import pytest

# pytest-xdist tells its workers of 80 columns, in which tables for people lose their words.
os.environ["COLUMNS"] = "200"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts local mode's tests last: it changes moto for the rest of the process, and the others
    are to meet moto as it is."""
    items.sort(key=lambda item: "local" in item.path.relative_to(item.config.rootpath).parts)
