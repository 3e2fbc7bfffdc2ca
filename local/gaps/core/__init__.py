"""What moto lacks in what all services share."""

from local.access.control import AccessControl
from local.gaps.core import access_control, new_services
from local.gaps.core.new_services import NewService


def patch(access: AccessControl, *services: NewService) -> None:
    """Makes moto check what ``access`` allows, and know the services that it lacks."""
    access_control.patch(access)
    new_services.patch(*services)
