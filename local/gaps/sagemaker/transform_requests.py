"""What a transform job can't be asked for: AWS's own rules, and what local mode does not do."""

from typing import Any

from moto.sagemaker.exceptions import AWSValidationException

_MOST_MB = 100
# Batch transform leaves the data as it is (API reference, DataProcessing).
_PLAIN = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}


def check(request: dict[str, Any]) -> None:
    """Refuses what can't be done.

    Raises:
        AWSValidationException: the text says what.
    """
    given = request["TransformInput"]
    split = given.get("SplitType", "None")
    payload = request.get("MaxPayloadInMB", 6) * max(1, request.get("MaxConcurrentTransforms", 1))
    if split not in ("None", "Line"):
        raise _not_imitated(f"SplitType {split}")
    if given["DataSource"]["S3DataSource"]["S3DataType"] != "S3Prefix":
        raise _not_imitated("manifest files")
    if request.get("DataCaptureConfig"):
        raise _not_imitated("DataCaptureConfig")
    for name, value in request.get("DataProcessing", {}).items():
        if value != _PLAIN.get(name):
            raise _not_imitated(f"DataProcessing with {name} {value}")
    if split == "None" and request.get("BatchStrategy") == "SingleRecord":
        raise AWSValidationException("BatchStrategy SingleRecord needs a SplitType.")
    if payload > _MOST_MB:
        raise AWSValidationException(
            f"MaxConcurrentTransforms * MaxPayloadInMB must not exceed {_MOST_MB} MB."
        )


def _not_imitated(what: str) -> AWSValidationException:
    return AWSValidationException(
        f"Local mode does not support {what} in a transform job. Prepare the input, or join the "
        "output, with a program of your own."
    )
