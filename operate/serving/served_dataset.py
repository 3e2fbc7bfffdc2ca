"""A dataset's endpoint, looked at and taken down without waiting for it."""

from dataclasses import dataclass

from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.removal import take_down
from lambdas.models.registry import approved_model
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.place import Place
from operate.serving.endpoint import Endpoint, EndpointNow


def endpoint_of(place: Place, named: str) -> Endpoint:
    """The dataset's endpoint, whether or not there is one."""
    name = endpoint_name(place.stack, normal_name(named))
    return Endpoint(place.account.sagemaker, name)


@dataclass(frozen=True)
class Served:
    """A dataset's endpoint as it stands, None where there is none, and the run of its approved
    model, empty where none is approved."""

    endpoint: EndpointNow | None
    approved_run: str

    @property
    def is_outdated(self) -> bool:
        """Whether the endpoint answers with another model than the approved one."""
        now = self.endpoint
        return bool(now and now.run and self.approved_run and now.run != self.approved_run)


def served_now(place: Place, named: str) -> Served:
    """How the dataset is served."""
    approved = approved_model(place.account.sagemaker, place.stack, normal_name(named))
    return Served(endpoint_of(place, named).now(), approved.run if approved else "")


def stop_endpoint(place: Place, named: str) -> None:
    """Has the dataset's endpoint taken down; it costs nothing more. Doing it again does no harm.

    Raises:
        CannotDo: it is just being made, changed or deleted.
    """
    name = endpoint_name(place.stack, normal_name(named))
    if not take_down(place.account.sagemaker, name):
        raise CannotDo(
            spoken(
                "The endpoint {name} is just being started, changed or taken down. Try again in a "
                "few minutes.",
                name=name,
            )
        )
