"""Sessions share what AWS's services look like, and nothing of whose they are."""

from local.boto_session import boto_session, botocore_session


def test_sessions_read_the_service_models_once_and_have_their_own_credentials() -> None:
    loaders = [botocore_session().get_component("data_loader") for _ in range(2)]
    assert loaders[0] is loaders[1]
    for number in range(2):
        session = boto_session(f"key {number}", "secret", None, "us-east-1")
        own = session.get_credentials()
        assert own and own.access_key == f"key {number}"
