"""AWS's descriptions of its services are held once, but for those to which somebody adds."""

import pytest
from moto.core import utils
from moto.core.base_backend import AccountSpecificBackend

from local.boto_session import botocore_session
from local.speed import service_models


@pytest.mark.usefixtures("aws")
def test_moto_has_the_descriptions_that_the_clients_have() -> None:
    shared = botocore_session().get_component("data_loader")
    described = utils._load_service_model("sagemaker", "service-2")
    assert described is shared.load_service_model("sagemaker", "service-2")
    assert AccountSpecificBackend.get_session()._loader is shared


@pytest.mark.parametrize(
    ("service", "kind", "is_shared"),
    [
        ("sagemaker", "service-2", True),
        ("s3", "service-2", False),  # moto adds errors to it
        ("sagemaker", "paginators-1", False),  # and botocore pages to this
    ],
)
def test_what_somebody_adds_to_stays_moto_s_own(service: str, kind: str, is_shared: bool) -> None:
    described = service_models._description(lambda *_: "its own", service, kind)
    assert (described == "its own") is not is_shared


@pytest.mark.usefixtures("aws")
def test_names_of_services_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    named = utils.service_name_from_moto_package_name.__wrapped__
    assert named("servicequotas") == "service-quotas"
    monkeypatch.setattr(
        "os.listdir", lambda _: pytest.fail("The folders are looked through again.")
    )
    assert named("cognitoidp") == "cognito-idp"
    assert named("sagemaker") == "sagemaker"
