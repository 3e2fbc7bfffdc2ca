"""Every path in the definition is a field of the state, and every placeholder is filled in."""

import json
import re
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from lambdas.state import State
from tests.test_docs import deployed
from workflow.state_machine import definition

# PickInstance and RecoverTraining hand these to a Choice or a Wait, CheckPair to its own Choice.
_PATH = re.compile(r"(?<!\$)\$\.([A-Z]\w*(?:\.\w+)*)")
# In a ResultSelector the paths are those of the job's description.
_SELECTS = "ResultSelector"


def paths(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = (paths(inner) for name, inner in value.items() if name != _SELECTS)
        return set().union(*found)
    if isinstance(value, list):
        return set().union(*map(paths, value))
    return set(_PATH.findall(value)) if isinstance(value, str) else set()


# What a Lambda function's answer holds beside the state.
ANSWERS = {"Payload"}
USED = sorted(paths(definition(own_key=True, in_vpc=True)) - ANSWERS)


@pytest.mark.parametrize("path", USED)
def test_a_path_leads_through_the_types_of_the_state(path: str) -> None:
    at: Any = State
    for field in path.split("."):
        assert is_typeddict(at), f"{path}: {at} has no fields"
        hints = get_type_hints(at, include_extras=True)
        assert field in hints, f"{path}: {at.__name__} has no {field}"
        at = hints[field]
        at = get_args(at)[0] if get_origin(at) is NotRequired else at


def test_paths_are_found_at_all() -> None:
    assert {"Run.JobName", "Instance.TrainType", "Training.Status", "WaitSeconds"} <= set(USED)


@pytest.mark.parametrize(("own_key", "in_vpc"), [(False, False), (True, True)])
def test_the_template_fills_in_every_placeholder(own_key: bool, in_vpc: bool) -> None:
    made = json.dumps(definition(own_key=own_key, in_vpc=in_vpc))
    machine = next(
        resource
        for resource in deployed()["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    )
    filled_in = set(machine["Properties"]["DefinitionSubstitutions"])
    assert set(re.findall(r"\$\{(\w+)\}", made)) <= filled_in
