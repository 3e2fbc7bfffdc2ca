"""The installed packages, which AutoGluon lists whenever it saves or loads a predictor."""

import functools

from autogluon.common.utils import utils


def list_packages_once() -> None:
    """Has AutoGluon keep its first list of them.

    Every package is asked for all that it says of itself, which takes longer than the saving. A
    training saves and loads four times, and meanwhile nobody installs anything.
    """
    utils.get_package_versions = functools.cache(utils.get_package_versions)
