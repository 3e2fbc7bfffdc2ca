"""A dataset's endpoint, looked at and taken down without waiting for it."""

from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.removal import take_down
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.place import Place
from operate.serving.endpoint import Endpoint


def endpoint_of(place: Place, named: str) -> Endpoint:
    """The dataset's endpoint, whether or not there is one."""
    name = endpoint_name(place.stack, normal_name(named))
    return Endpoint(place.account.sagemaker, name)


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
