"""Conditional writes to S3 that come at the same moment: one of them wins.

moto looks whether the object is there, and writes it, with nothing in between that would keep
another request from doing the same. Source: Amazon S3 User Guide, "Conditional writes".
"""

import threading
from typing import Any

from moto.s3.responses import S3Response

from local.patches import wrap

_CONDITIONS = ("If-Match", "If-None-Match")


def patch() -> None:
    """Makes S3 look and write in one."""
    one_at_a_time = threading.Lock()

    def put_object(put: Any, self: S3Response) -> Any:
        if not any(self.headers.get(condition) for condition in _CONDITIONS):
            return put(self)
        with one_at_a_time:
            return put(self)

    wrap(S3Response, "put_object", put_object)
