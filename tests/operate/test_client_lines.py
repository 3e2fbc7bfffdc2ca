"""Lines that take AWS clients to a stack: with a key only where it is this machine's own."""

from pathlib import Path

import pytest

from operate.account import Account
from operate.home_key import Credentials, kept_credentials
from operate.place import Place
from operate.stack.client_lines import client_lines

HERE = "http://127.0.0.1:4566"


def test_local_mode_tells_its_key(tmp_path: Path) -> None:
    key = kept_credentials(tmp_path)
    place = Place(Account(endpoint=HERE, key=key), "codefree", tmp_path)
    lines = client_lines(place, "bucket")
    assert lines.secret
    assert lines.first.splitlines() == [
        f"export AWS_ACCESS_KEY_ID={key.access_key}",
        f"export AWS_SECRET_ACCESS_KEY={key.secret_key}",
        "export AWS_DEFAULT_REGION=us-east-1",
        f"export AWS_ENDPOINT_URL={HERE}",
    ]
    assert "aws s3 cp NAME_train.csv s3://bucket/data/" in lines.files


def test_an_account_tells_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile works&more]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    kept_credentials(tmp_path)
    own = Credentials("AKIDOFMYOWN", "secret")
    place = Place(Account(profile="works&more", key=own), "codefree", tmp_path)
    lines = client_lines(place, "bucket")
    assert not lines.secret
    assert lines.first.splitlines() == [
        "export AWS_PROFILE='works&more'",
        "export AWS_DEFAULT_REGION=eu-west-1",
    ]
