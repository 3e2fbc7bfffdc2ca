"""Every path in the definition is a field of the state, and every placeholder is filled in."""

import json
import re
from collections.abc import Callable
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from lambdas.state import PredictionState, State
from workflow.prediction_machine import prediction_definition
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
MACHINES: list[tuple[Any, str, Any]] = [
    (State, "StateMachine", definition),
    (PredictionState, "PredictionMachine", prediction_definition),
]
USED = {
    state: sorted(paths(made(own_key=True, in_vpc=True)) - ANSWERS) for state, _, made in MACHINES
}


@pytest.mark.parametrize(
    ("state", "path"), [(state, path) for state, found in USED.items() for path in found]
)
def test_a_path_leads_through_the_types_of_the_state(state: Any, path: str) -> None:
    at: Any = state
    for field in path.split("."):
        assert is_typeddict(at), f"{path}: {at} has no fields"
        hints = get_type_hints(at, include_extras=True)
        assert field in hints, f"{path}: {at.__name__} has no {field}"
        at = hints[field]
        at = get_args(at)[0] if get_origin(at) is NotRequired else at


def test_paths_are_found_at_all() -> None:
    in_training = {"Run.JobName", "Instance.TrainType", "Training.Status", "WaitSeconds"}
    assert in_training <= set(USED[State])
    assert {"Model.Uri", "Instance.PredictType", "Run.Rows"} <= set(USED[PredictionState])


@pytest.mark.parametrize("with_all", [False, True])
@pytest.mark.parametrize(("name", "definition"), [machine[1:] for machine in MACHINES])
def test_the_template_fills_in_every_placeholder_and_no_more(
    name: str, definition: Callable[..., Any], with_all: bool, deployed: dict[str, Any]
) -> None:
    made = json.dumps(definition(own_key=with_all, in_vpc=with_all))
    filled_in = set(deployed["Resources"][name]["Properties"]["DefinitionSubstitutions"])
    used = set(re.findall(r"\$\{(\w+)\}", made))
    assert used <= filled_in
    assert not with_all or used == filled_in
