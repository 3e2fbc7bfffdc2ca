"""Endpoints, their configurations and models are called as SageMaker allows, and never alike."""

import re
import unicodedata

import pytest

from lambdas.endpoints.name import (
    PREFIX,
    endpoint_name,
    endpoint_of_part,
    new_part_name,
    stack_mark,
)

ALLOWED = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
NAMES = ["titanic", "고객 이탈", "a.b_c (1)", "x" * 200, "-", "Titanic"]
STACKS = ["codefree", "s" * 80, "codefree-2"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_dataset_has_a_name_of_its_own_that_is_allowed(stack: str) -> None:
    names = {endpoint_name(stack, name) for name in NAMES}
    assert len(names) == len(NAMES)
    for name in names:
        assert ALLOWED.fullmatch(name) and name.startswith(PREFIX) and stack_mark(stack) in name
        assert len(name) <= 34 and name == name.lower()  # an ARN has it in small letters


def test_the_name_is_the_same_each_time_and_for_every_spelling() -> None:
    assert endpoint_name("codefree", "titanic") == "codefree-titanic-5244fd8c8c2a2526"
    decomposed = unicodedata.normalize("NFD", "고객 이탈")
    assert endpoint_name("codefree", decomposed) == endpoint_name("codefree", "고객 이탈")


def test_no_stack_shares_a_name_with_another() -> None:
    assert len({endpoint_name(stack, name) for stack in STACKS for name in NAMES}) == 18
    assert len({stack_mark(stack) for stack in STACKS}) == 3


def test_what_is_made_for_an_endpoint_is_called_anew_each_time() -> None:
    endpoint = endpoint_name("codefree", "titanic")
    parts = {new_part_name(endpoint) for _ in range(50)}
    assert len(parts) == 50
    for part in parts:
        assert ALLOWED.fullmatch(part) and endpoint_of_part(part) == endpoint
