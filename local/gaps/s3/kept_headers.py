"""What S3 keeps of a request's headers beside an object, and tells whoever gets it.

moto keeps the digest of the body, too, which is a part of the request's signature. Source: Amazon
S3 API reference, GetObject (its response elements).
"""

from moto.s3 import utils

from local.patches import replace

_OF_THE_SIGNATURE = {"x-amz-content-sha256"}


def patch() -> None:
    """Makes S3 keep what is about the object alone."""
    replace(utils, "user_settable_fields", utils.user_settable_fields - _OF_THE_SIGNATURE)
