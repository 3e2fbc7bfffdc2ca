"""Imports run one way, as docs/architecture.md draws it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("infra", "lambdas", "training", "workflow", "operate", "console", "local", "codefree")
MAY_IMPORT = {
    "infra": {"infra"},
    "lambdas": {"lambdas"},
    "training": {"training"},
    "workflow": {"workflow", "lambdas", "training"},
    "operate": {"operate", "lambdas"},
    "console": {"console", "operate"},
    "local": {"local", "operate", "console", "workflow", "lambdas", "training"},
    "codefree": {"codefree", "local", "operate", "console", "workflow"},
}
CHECK = ROOT / "lambdas" / "check"
CHECK_MAY_IMPORT = {
    "reading": {"reading"},
    "profile": {"profile", "reading"},
    "findings": {"findings", "profile", "reading"},
}
# The programs of training/ stand on its packages; each of those, on these.
TRAINING_MAY_IMPORT = {
    "job": set(),
    "model": {"job"},
    "fitting": {"job", "model"},
    "scoring": {"job", "model"},
    "plots": {"job", "model"},
    "evaluation": {"job", "model", "scoring"},
    "prediction": {"job", "model", "scoring", "evaluation"},
    "report": {"job", "model", "scoring", "plots", "evaluation", "prediction"},
}
LAMBDA_RUNTIME = {"boto3", "botocore"}  # all else that the Lambda code uses is standard library
PANDAS_LAYER = {"numpy", "pandas", "pyarrow"}  # what the AWS-managed layer adds for the check


def modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path.name} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in modules(path)}


def imported_from_training(path: Path) -> set[str]:
    names = (name.split(".") for name in modules(path))
    return {parts[1] for parts in names if parts[0] == "training"}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        ours = imported(path) & set(PACKAGES)
        assert ours <= MAY_IMPORT[package], f"{path.relative_to(ROOT)} imports {ours}"


@pytest.mark.parametrize("package", CHECK_MAY_IMPORT)
def test_the_check_reads_then_knows_then_speaks(package: str) -> None:
    allowed = tuple(f"lambdas.check.{name}." for name in CHECK_MAY_IMPORT[package])
    # The names of the problem types are the person's wish; in which language it is told, too.
    allowed += () if package == "reading" else ("lambdas.wish.WantedType.",)
    allowed += ("lambdas.language.",) if package == "findings" else ()
    for path in (CHECK / package).rglob("*.py"):
        ours = [name for name in modules(path) if name.startswith("lambdas.")]
        foreign = [name for name in ours if not f"{name}.".startswith(allowed)]
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_the_packages_of_training_are_imported_one_way() -> None:
    training = ROOT / "training"
    packages = {path.parent.name for path in training.glob("*/__init__.py")}
    assert packages == set(TRAINING_MAY_IMPORT)
    for path in training.rglob("*.py"):
        package = path.parent.name
        allowed = TRAINING_MAY_IMPORT.get(package, packages) | ({package} & packages)
        ours = imported_from_training(path)
        assert ours <= allowed, f"{path.relative_to(ROOT)} imports {ours - allowed}"


def test_above_the_check_s_packages_stands_only_what_composes_them() -> None:
    assert {path.stem for path in CHECK.glob("*.py")} == {
        "__init__",
        "check_report",
        "pair_check",
        "rows_check",
        "single_check",
    }
    assert {path.parent.name for path in CHECK.glob("*/__init__.py")} == set(CHECK_MAY_IMPORT)


@pytest.mark.parametrize("package", ["infra", "lambdas"])
def test_the_lambdas_import_only_what_their_runtime_has(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        layer = PANDAS_LAYER if path.is_relative_to(CHECK) else set()
        foreign = {
            name
            for name in imported(path)
            if name not in sys.stdlib_module_names and not name.startswith("mypy_boto3")
        }
        assert foreign <= {package} | LAMBDA_RUNTIME | layer, f"{path.name} imports {foreign}"


def test_the_command_starts_without_loading_what_imitates_aws() -> None:
    script = "import sys, codefree.cli; sys.exit('moto' in sys.modules or 'pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_nothing_outside_local_mode_knows_of_it() -> None:
    for folder in ("lambdas", "training", "workflow", "infra"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".yaml", ".json"}:
                text = path.read_text().lower()
                assert "moto" not in text and "localhost" not in text, path.relative_to(ROOT)


# What the states at the top of lambdas/ stand on, and what each of these packages stands on.
LAMBDAS_MAY_IMPORT = {
    "bucket": set(),
    "settings": {"check"},
    "uploads": {"bucket", "settings"},
    "endpoints": {"uploads"},
    "instances": {"bucket"},
    "jobs": {"instances"},
    "runs": {"bucket", "uploads", "jobs"},
    "pages": {"bucket", "jobs"},
    "models": {"bucket", "uploads"},
    "check": {"pages"},
    "predictions": {"bucket", "uploads", "jobs", "models", "check"},
}


def test_the_states_stand_on_packages_that_import_one_way() -> None:
    lambdas = ROOT / "lambdas"
    assert {path.parent.name for path in lambdas.glob("*/__init__.py")} == set(LAMBDAS_MAY_IMPORT)
    for package, allowed in LAMBDAS_MAY_IMPORT.items():
        for path in (lambdas / package).rglob("*.py"):
            used = {name.split(".")[1] for name in modules(path) if name.startswith("lambdas.")}
            foreign = used & set(LAMBDAS_MAY_IMPORT) - {package} - allowed
            assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"
