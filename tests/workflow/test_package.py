"""The one file that is deployed: complete, small, the same for the same source, and runnable."""

import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from itertools import compress
from pathlib import Path
from textwrap import dedent

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.uploads.training_code import PREDICTING, PROGRAMS
from operate.doctor.template import Template
from workflow.package import (
    LARGEST_TEMPLATE_BYTES,
    cached_template,
    lambdas_key,
    lambdas_zip,
    training_tar,
)
from workflow.prediction_machine import prediction_definition
from workflow.state_machine import definition


def test_packing_twice_gives_the_same_bytes(tmp_path: Path, packed_template: str) -> None:
    assert lambdas_zip() == lambdas_zip()
    assert training_tar() == training_tar()
    out = tmp_path / "there" / "codefree.yaml"
    done = CliRunner().invoke(app, ["package", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == packed_template.encode()
    assert packed_template.startswith("AWSTemplate")


def test_the_template_is_complete_and_below_the_consoles_limit(
    tmp_path: Path, packed_template: str
) -> None:
    text = cached_template(tmp_path)
    assert text == packed_template
    # In base85 "<" is a digit.
    without_code = re.sub(r'(LAMBDAS|TRAINING_CODE) = "[^"]+"', "", text)
    assert "<<" not in without_code.replace("<<Part>>", "")
    assert lambdas_key(lambdas_zip()) in text
    assert len(text.encode()) < LARGEST_TEMPLATE_BYTES


@pytest.mark.parametrize("own_key", [False, True])
@pytest.mark.parametrize("in_vpc", [False, True])
def test_the_template_joins_each_form_of_the_definitions(
    own_key: bool, in_vpc: bool, packed_template: str
) -> None:
    conditions = ", ".join(compress(["HasOwnKey", "InVpc"], [own_key, in_vpc])) or "plain"
    joined = {d.name: json.loads(d.text) for d in Template(packed_template).definitions}
    for name, made in (("StateMachine", definition), ("PredictionMachine", prediction_definition)):
        assert joined[f"{name} ({conditions})"] == made(own_key=own_key, in_vpc=in_vpc)


def test_the_training_code_has_the_programs_that_are_checked_for() -> None:
    with tarfile.open(fileobj=io.BytesIO(training_tar())) as archive:
        assert {*PROGRAMS, *PREDICTING} <= set(archive.getnames())


def test_both_bundles_carry_the_style_of_the_pages_themselves() -> None:
    with tarfile.open(fileobj=io.BytesIO(training_tar())) as archive:
        member = archive.getmember("training/report/page.css")
        of_report = archive.extractfile(member)
        assert member.isreg() and of_report
        style = of_report.read()
    with zipfile.ZipFile(io.BytesIO(lambdas_zip())) as archive:
        assert archive.read("lambdas/pages/page.css") == style
    assert b"prefers-color-scheme" in style


OURS_AND_TESTS = ("moto", "autogluon.tabular", "local", "workflow", "training")
LAYER = ("pandas", "numpy", "pyarrow")


@pytest.mark.parametrize(
    ("module", "foreign"),
    [
        ("check_pair", OURS_AND_TESTS),
        ("pick_instance", OURS_AND_TESTS + LAYER),
        ("publish", OURS_AND_TESTS + LAYER),
    ],
)
def test_the_lambda_bundle_runs_alone_on_what_lambda_has(
    tmp_path: Path, module: str, foreign: tuple[str, ...]
) -> None:
    with zipfile.ZipFile(io.BytesIO(lambdas_zip())) as archive:
        archive.extractall(tmp_path)
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import lambdas.{module} as m; "
        f"assert m.__file__.startswith({str(tmp_path)!r}) and callable(m.handler); "
        f"found = sorted(set({foreign!r}) & set(sys.modules)); assert not found, found"
    )
    subprocess.run([sys.executable, "-I", "-c", script], check=True)


INLINE_CODE = re.compile(r"^( *)ZipFile: \|\n((?:\1 +.*\n|\n)+)", re.MULTILINE)
# Every name that a function uses is in its own file: an import from infra/ would fail in Lambda.
EACH_ALONE = """
import builtins, dis, json, sys, types

def functions(code):
    yield code
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from functions(inner)

for source in json.load(sys.stdin):
    code, names = compile(source, "index.py", "exec"), {}
    exec(code, names)
    used = {i.argval for f in functions(code) for i in dis.get_instructions(f)
            if i.opname == "LOAD_GLOBAL"}
    missing = used - names.keys() - vars(builtins).keys()
    assert callable(names["handler"]) and not missing, missing
"""


def test_the_code_in_the_template_is_complete_in_itself(packed_template: str) -> None:
    sources = [dedent(body) for _, body in INLINE_CODE.findall(packed_template)]
    assert len(sources) == 5
    alone = [sys.executable, "-I", "-c", EACH_ALONE]
    done = subprocess.run(
        alone, input=json.dumps(sources), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["train", "evaluate"])
def test_the_training_bundle_runs_alone(tmp_path: Path, module: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(training_tar())) as archive:
        archive.extractall(tmp_path, filter="data")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import training.{module} as m; "
        f"assert m.__file__.startswith({str(tmp_path)!r}); "
        "found = sorted({'boto3', 'lambdas', 'local', 'workflow', 'moto'} & set(sys.modules)); "
        "assert 'lambdas' not in found and 'local' not in found, found"
    )
    subprocess.run([sys.executable, "-I", "-c", script], check=True)
