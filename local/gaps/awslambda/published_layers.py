"""GetLayerVersionByArn, for layers of the account and the one that AWS publishes with pandas.

moto takes the call for ListLayers. Sources: AWS Lambda API reference, GetLayerVersionByArn; what is
answered for a version that is not there, or not shared, is not documented and was seen by others
(cds-snc/terraform-modules 203).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from moto.awslambda.responses import LambdaResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult

import workflow
from local.patches import add

_LAYER = Path(str(workflow.__file__)).with_name("pandas_layer.json")
_ACTION = "lambda:GetLayerVersion"


class _AccessDenied(ServiceException):  # type: ignore[misc]
    code = "AccessDeniedException"


def patch() -> None:
    """Makes moto tell the layers that are asked for by their ARN."""
    add(LambdaResponse, "get_layer_version_by_arn", _get_layer_version_by_arn)


def _get_layer_version_by_arn(self: LambdaResponse) -> ActionResult:
    arn = self.querystring["Arn"][0]
    own = self.backend.layers_versions_by_arn(arn) if self.current_account in arn else None
    if own:
        return ActionResult(own.get_layer_version())
    if arn not in published(self.region):
        who = f"arn:{self.partition}:iam::{self.current_account}:root"
        raise _AccessDenied(
            f"User: {who} is not authorized to perform: {_ACTION} on resource: {arn} because "
            f"no resource-based policy allows the {_ACTION} action"
        )
    layer, _, version = arn.rpartition(":")
    told: dict[str, Any] = {"LayerArn": layer, "LayerVersionArn": arn, "Version": int(version)}
    return ActionResult(told)


def published(region: str) -> set[str]:
    """The ARN of AWS's layer in the region, where there is one."""
    layer = _layer()
    account = layer["accounts"].get(region)
    return {f"arn:aws:lambda:{region}:{account}:layer:{layer['layer']}"} if account else set()


@cache
def _layer() -> dict[str, Any]:
    return dict(json.loads(_LAYER.read_text(encoding="utf-8")))
