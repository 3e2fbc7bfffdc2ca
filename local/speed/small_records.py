"""What moto holds in memory of each of thousands of objects: no more than tells them apart.

It keeps a list of every instance of its models that was ever made, for a reset that does not come
here: what was deleted stayed in memory. And each object has a list of rights of its own, though
almost all are of one of the few kinds that AWS has names for, and none is ever changed.
"""

import functools
from typing import Any

from moto.core.common_models import BaseModel
from moto.s3 import models, responses

from local.patches import replace


def patch() -> None:
    """Makes moto forget what nobody refers to, and objects share their lists of rights."""
    replace(BaseModel, "__new__", _untracked)
    rights_named = functools.cache(models.get_canned_acl)
    for module in (models, responses):
        replace(module, "get_canned_acl", rights_named)


def _untracked(cls: type, *_: Any, **__: Any) -> Any:
    return object.__new__(cls)
