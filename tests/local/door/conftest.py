"""Nobody gets into local mode: one `codefree up` for all attacks and for plain clients."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.local.codefree_up import CODEFREE
from tests.local.door.up import CODE, KEY, SECRET, Up


@pytest.fixture(scope="package")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    # Others may look into the folder above, as into a person's own.
    folder = tmp_path_factory.mktemp("door")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    home = folder / "home"
    home.mkdir(mode=0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [CODEFREE, "up", "--port", str(port), "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = ""
        while "Ctrl-C stops it" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        running = Up(home, port, said)
        running.s3.put_object(Bucket="codefree", Key=KEY, Body=SECRET)
        running.s3.put_object(Bucket="codefree", Key="source/sourcedir.tar.gz", Body=CODE)
        yield running
        process.terminate()


@pytest.fixture(autouse=True)
def nothing_came_in(up: Up) -> Iterator[None]:
    """Whatever a test tries: what the home's owner put there is what is there."""
    yield
    code = up.s3.get_object(Bucket="codefree", Key="source/sourcedir.tar.gz")["Body"].read()
    assert code == CODE
    assert up.s3.get_object(Bucket="codefree", Key=KEY)["Body"].read() == SECRET
