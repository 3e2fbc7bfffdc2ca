"""The built template, deployed through the imitated CloudFormation."""

import functools
import re
from dataclasses import dataclass
from typing import Any

import yaml
from botocore.exceptions import ClientError
from moto.cloudformation.utils import yaml_tag_constructor

from local.aws import LocalAws
from operate.language import spoken, to_speak

STACK = "codefree"
_AT_LEAST = to_speak("it must be at least {low}")
_BETWEEN = to_speak("it must be at least {low} and at most {high}")


class BadParameter(Exception):
    """A parameter that CloudFormation would refuse; the text says what it takes."""


class StackNotCreated(Exception):
    """CloudFormation could not create the stack; the text says why."""


@dataclass(frozen=True)
class Stack:
    """What a deployed stack tells: bucket and state machine."""

    bucket: str
    state_machine: str


def deploy(aws: LocalAws, template: str, parameters: dict[str, str], name: str = STACK) -> Stack:
    """Creates the stack ``name``, which is also the state machine's name.

    Raises:
        BadParameter: a parameter is unknown or not allowed.
        StackNotCreated: CloudFormation says no.
    """
    _check(template, parameters)
    try:
        aws.cloudformation.create_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
    except ClientError as error:
        raise StackNotCreated(
            spoken(
                "The stack {stack} could not be created: {why}.",
                stack=name,
                why=error.response["Error"]["Message"],
            )
        ) from error
    described = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
    return Stack(parameters["BucketName"], outputs["StateMachineArn"])


def _check(template: str, parameters: dict[str, str]) -> None:
    """Holds the parameters against the template, which moto does not do."""
    for name, value in parameters.items():
        declared = declared_parameters(template).get(name)
        if declared is None:
            raise BadParameter(
                spoken(
                    "The template has no parameter {name}. It has: {names}.",
                    name=name,
                    names=", ".join(declared_parameters(template)),
                )
            )
        if wrong := _wrong(declared, value):
            raise BadParameter(
                spoken(
                    "{name} can't be {value}: {wrong}.", name=name, value=repr(value), wrong=wrong
                )
            )


@functools.lru_cache(maxsize=1)
def declared_parameters(template: str) -> dict[str, dict[str, Any]]:
    """The parameters that the template has, by name."""
    head = template[: template.index("\nMappings:")]
    loader = type("Loader", (yaml.SafeLoader,), {})
    yaml.add_multi_constructor("", yaml_tag_constructor, Loader=loader)
    return dict(yaml.load(head, Loader=loader)["Parameters"])  # a subclass of SafeLoader


def _wrong(declared: dict[str, Any], value: str) -> str | None:
    allowed = declared.get("AllowedValues")
    if allowed and value not in map(str, allowed):
        return spoken("it must be one of {values}", values=", ".join(map(str, allowed)))
    if declared["Type"] == "Number":
        return _wrong_number(declared, value)
    if not declared.get("MinLength", 0) <= len(value) <= declared.get("MaxLength", 4096):
        most = declared.get("MaxLength", 4096)
        return spoken("it must have 1 to {most} characters", most=most)
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
        return str(declared.get("ConstraintDescription", declared["AllowedPattern"])).rstrip(".")
    return None


def _wrong_number(declared: dict[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return spoken("it must be a number")
    low, high = declared.get("MinValue", float("-inf")), declared.get("MaxValue", float("inf"))
    if not low <= number <= high:
        return spoken(_BETWEEN if high < 1e9 else _AT_LEAST, low=low, high=high)
    return None
