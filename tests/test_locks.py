"""What is locked is locked by its hash alone: where it comes from is the machine's to say."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("codefree", "console", "infra", "lambdas", "local", "operate", "training", "workflow")
LOCKS = [
    *("requirements.lock", "requirements-dev.lock"),
    *("checks/requirements.lock", "checks/package-lock.json"),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "checks" / "toolkit").glob("*.lock")),
]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "sha256:" in text or '"integrity": "sha512-' in text


def test_the_tests_run_with_what_people_run() -> None:
    people, tests = (_pins(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert people < tests


def test_people_install_nothing_that_only_tests_need() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        groups = tomllib.load(file)["dependency-groups"]
    only_tests = {re.split(r"[\[<>=]", one)[0].lower() for one in groups["dev"]}
    installed = {pin.partition("==")[0] for pin in _pins(ROOT / "requirements.lock")}
    assert only_tests & installed == {"cfn-lint"}  # moto's CloudFormation checks templates by it


def test_people_install_all_that_the_product_imports() -> None:
    installed = {pin.partition("==")[0] for pin in _pins(ROOT / "requirements.lock")}
    distributions = packages_distributions()
    missing = {
        name
        for name in _imported_packages()
        if not {re.sub(r"[-_.]+", "-", one).lower() for one in distributions.get(name, ())}
        & installed
    }
    assert missing == set()


def _imported_packages() -> set[str]:
    """Packages of others that any module of the product imports, for types alone left out."""
    found = set()
    for path in (path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_bytes())
        for_types = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if node in for_types:
                continue
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - set(PRODUCT) - sys.stdlib_module_names


def _pins(lock: Path) -> set[str]:
    return set(re.findall(r"^(\S+==\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
