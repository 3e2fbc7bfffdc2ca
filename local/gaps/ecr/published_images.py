"""Images that AWS publishes in registries of its own, which everybody may ask for.

moto knows the account's own registry alone. Only the images that the template may name are here,
and of each only that it is there: nothing is pulled, for jobs run as processes. Source: Amazon ECR
API reference, BatchGetImage.
"""

import json
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.exceptions import RepositoryNotFoundException
from moto.ecr.responses import ECRResponse

import workflow
from local.patches import wrap

_IMAGES = Path(str(workflow.__file__)).with_name("autogluon_images.json")


def patch() -> None:
    """Makes BatchGetImage answer for the registries that AWS publishes its containers in."""
    wrap(ECRResponse, "batch_get_image", _batch_get_image)


def _batch_get_image(of_own_registry: Any, self: ECRResponse) -> ActionResult:
    registry = self._get_param("registryId")
    if registry in (None, self.current_account):
        return of_own_registry(self)
    repository = self._get_param("repositoryName")
    tags = published(self.region, registry).get(repository)
    if tags is None:
        raise RepositoryNotFoundException(repository, registry)
    named = {"registryId": registry, "repositoryName": repository}
    missing = {"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
    wanted = self._get_param("imageIds")
    return ActionResult(
        {
            "images": [named | {"imageId": i} for i in wanted if i.get("imageTag") in tags],
            "failures": [missing | {"imageId": i} for i in wanted if i.get("imageTag") not in tags],
        }
    )


def published(region: str, registry: str) -> dict[str, list[str]]:
    """The tags by repository that AWS has published there."""
    images = json.loads(_IMAGES.read_text(encoding="utf-8"))
    if images["accounts"].get(region) != registry:
        return {}
    return {images["repository"]: list(images["tags"].values())}
