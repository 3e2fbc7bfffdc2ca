"""The template and the definition before judges that are not ours: checkov and asl-validator."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cfnlint.decode
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from workflow.state_machine import definition

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKS = Path(sys.prefix) / "checks"  # make setup makes it
CHECKOV_OPTIONS = ["--framework", "cloudformation", "--output", "json", "--skip-download"]


def validated(definition: dict[str, Any], path: Path) -> subprocess.CompletedProcess[str]:
    path.write_text(json.dumps(definition))
    program = CHECKS / "node_modules" / ".bin" / "asl-validator"
    environment = os.environ | {"PATH": f"{CHECKS / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [program, "--json-path", path], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("own_key", [False, True])
@pytest.mark.parametrize("in_vpc", [False, True])
def test_an_independent_validator_takes_the_definition(
    tmp_path: Path, own_key: bool, in_vpc: bool
) -> None:
    done = validated(definition(own_key=own_key, in_vpc=in_vpc), tmp_path / "definition.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_validator_sees_a_state_that_is_not_there(tmp_path: Path) -> None:
    broken = definition()
    broken["States"]["PickInstance"]["Next"] = "Trian"
    assert validated(broken, tmp_path / "definition.json").returncode != 0


def test_cloudformation_knows_every_type_in_every_region(packed_template: str) -> None:
    """In a region that lacks one the whole template is refused, whatever its conditions say."""
    content = cfnlint.decode.decode_str(packed_template)[0]
    types = {resource["Type"] for resource in content["Resources"].values()}
    for region in content["Mappings"]["Regions"]:
        known = set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))
        assert not {name for name in types - known if name.startswith("AWS::")}, region


def test_checkov_finds_nothing_and_the_documented_counts_are_true(
    tmp_path: Path, packed_template: str
) -> None:
    path = tmp_path / "codefree.yaml"
    path.write_text(packed_template)
    done = subprocess.run(
        [CHECKS / "bin" / "checkov", "-f", path, *CHECKOV_OPTIONS],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    summary, results = report["summary"], report["results"]
    assert not [f"{f['check_id']} {f['resource']}" for f in results["failed_checks"]]
    for skipped in results["skipped_checks"]:
        assert len(skipped["check_result"]["suppress_comment"]) > 40, skipped["resource"]
    documented = re.search(
        r"^\| Codefree \| (\d+) \| (\d+) \| (\d+) \|",
        (ROOT / "docs" / "security.md").read_text(),
        re.MULTILINE,
    )
    assert documented
    told = tuple(map(int, documented.groups()))
    assert told == (summary["passed"], summary["failed"], summary["skipped"])
