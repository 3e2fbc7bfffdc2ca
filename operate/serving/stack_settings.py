"""What of a stack its endpoints need: the role, the image, and how private its jobs are."""

from dataclasses import dataclass
from typing import Any, Self

from operate.account import CannotDo
from operate.language import spoken
from operate.place import Place


@dataclass(frozen=True)
class StackSettings:
    """A stack's outputs and parameters, as far as endpoints are about them.

    ``key`` is the id of its own KMS key, if it has one.
    """

    stack: str
    bucket: str
    role: str
    image: str
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    is_isolated: bool = False
    key: str | None = None

    @classmethod
    def of(cls, place: Place) -> Self:
        """Those of the stack at ``place``.

        Raises:
            CannotDo: there is no such stack, or it was deployed before there were endpoints.
        """
        bucket = place.account.bucket(place.stack)
        found = place.deployment.now()
        outputs, given = (found.outputs, found.parameters) if found else ({}, {})
        if "ServeRole" not in outputs:
            raise CannotDo(
                spoken(
                    "The stack {stack} was deployed by an older Codefree and has no role for "
                    "endpoints. Update it: codefree deploy{options}",
                    stack=place.stack,
                    options=place.options,
                )
            )
        return cls(
            stack=place.stack,
            bucket=bucket,
            role=outputs["ServeRole"],
            image=outputs["InferenceImage"],
            subnets=_listed(given.get("Subnets", "")),
            security_groups=_listed(given.get("SecurityGroups", "")),
            is_isolated=given.get("NetworkIsolation") == "true",
            key=_key(place) if given.get("OwnKey") == "true" else None,
        )

    @property
    def is_private(self) -> bool:
        """Whether its jobs run where serverless endpoints can't: in a VPC, or without network."""
        return bool(self.subnets) or self.is_isolated

    def model_request(self) -> dict[str, Any]:
        """What CreateModel has to say so that the model is as private as the jobs."""
        request: dict[str, Any] = {"EnableNetworkIsolation": True} if self.is_isolated else {}
        if self.subnets:
            groups = {"SecurityGroupIds": list(self.security_groups)}
            request["VpcConfig"] = {"Subnets": list(self.subnets), **groups}
        return request


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _key(place: Place) -> str:
    found = place.account.cloudformation.describe_stack_resource(
        StackName=place.stack, LogicalResourceId="Key"
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]
