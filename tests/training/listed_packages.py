"""The installed packages, listed once for all programs that are forked from where this is loaded.

AutoGluon reads what every one of them says of itself whenever it saves or loads a predictor.
"""

import functools

from autogluon.common.utils import utils

utils.get_package_versions = functools.cache(utils.get_package_versions)
utils.get_package_versions()
