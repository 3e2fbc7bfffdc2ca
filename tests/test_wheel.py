"""The package works where the repository is not: whole, and building the same template."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.operate.test_plan import FEWER_ROWS, ROWS
from workflow.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("codefree", "console", "infra", "lambdas", "local", "operate", "training", "workflow")
UNPACKED = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools would take up again what an earlier build has left."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=UNPACKED)
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, source)
    pip("wheel", "--no-build-isolation", "--wheel-dir", built, source)
    [path] = built.iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment that has it from the wheel and the rest from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    pip("--python", folder, "install", "--no-compile", wheel)
    [site] = folder.glob("lib/python*/site-packages")
    # Of a folder that is named here Python reads no further .pth file, such as the one that leads
    # this environment to the repository.
    (site / "this_environment.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "codefree"


def pip(*words: object) -> None:
    command = [sys.executable, "-m", "pip", *map(str, words)]
    command += ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run(command, check=True)


def said(*command: object, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "AWS_"))}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    assert packed == {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }


def test_the_command_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    assert said(installed, "--version", cwd=tmp_path) == f"codefree {VERSION}\n"
    where = "import codefree.cli as c, local as l; print(c.__file__, l.__file__)"
    for path in said(installed.with_name("python"), "-c", where, cwd=tmp_path).split():
        assert path.startswith(str(installed.parent.parent))


def test_a_pair_can_be_planned(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "a_train.csv").write_text(f"label,size,kind\n{ROWS}")
    (tmp_path / "a_test.csv").write_text(f"label,size,kind\n{FEWER_ROWS}")
    plan = said(installed, "plan", "a_train.csv", "a_test.csv", cwd=tmp_path)
    assert "a_train.csv: 200 rows of 3 columns" in plan
    assert "The best within the budget." in plan


def test_the_template_is_the_one_that_the_repository_builds(
    installed: Path, tmp_path: Path, packed_template: str
) -> None:
    said(installed, "package", cwd=tmp_path)
    built = (tmp_path / "dist" / "codefree.yaml").read_bytes()
    assert built == packed_template.encode()
    assert f"Codefree {VERSION}: upload".encode() in built
