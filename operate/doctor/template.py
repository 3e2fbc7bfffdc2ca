"""The packed template as a value.

Source of the short forms: AWS CloudFormation User Guide, "Intrinsic function reference".
"""

import base64
import hashlib
import itertools
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

# CloudFormation API reference, ValidateTemplate, TemplateBody.
LARGEST_BODY_BYTES = 51_200

_PACKED_CODE = re.compile(r'^\s*LAMBDAS = "([^"]+)"', re.MULTILINE)
_CODE_VERSION = re.compile(r'^\s*CODE_VERSION = "([^"]+)"', re.MULTILINE)
# What people alone read.
_FOR_PEOPLE = ("Metadata", "Description", "ConstraintDescription")


@dataclass(frozen=True)
class Definition:
    """One form of a workflow's definition, and the ``substitutions`` for what it leaves open."""

    name: str
    text: str
    substitutions: dict[str, Any]


@dataclass(frozen=True)
class Template:
    """The text of ``dist/codefree.yaml``, or of another of Codefree's templates."""

    text: str

    @cached_property
    def content(self) -> dict[str, Any]:
        """The template parsed, with the long forms of all functions."""
        return dict(yaml.load(self.text, Loader=_Loader))

    @property
    def is_codefree(self) -> bool:
        """Whether it is one of Codefree's at all."""
        try:
            has_workflow = self.definitions and self.code_functions
            has_bucket = "BucketName" in self.content["Parameters"]
            return bool(has_workflow and has_bucket and self.regions)
        except (AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError):
            return False

    @property
    def parameters(self) -> dict[str, str]:
        """The defaults of the parameters that have one."""
        declared = self.content["Parameters"]
        return {name: str(p["Default"]) for name, p in declared.items() if "Default" in p}

    @property
    def regions(self) -> list[str]:
        """The regions that it is for."""
        return list(self.content["Mappings"]["Regions"])

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of the resources of one type, by their names."""
        resources = self.content["Resources"].items()
        return {n: r.get("Properties", {}) for n, r in resources if r["Type"] == kind}

    @property
    def outline(self) -> str:
        """What CloudFormation looks at without deploying, as JSON: all but the values that refer to
        nothing and the words for people. So it is small enough to be sent as text.
        """
        return json.dumps(_structure(self.content), separators=(",", ":"), default=str)

    @property
    def definitions(self) -> list[Definition]:
        """The forms of the workflows' definitions, each with the conditions that lead to it."""
        return [
            Definition(
                f"{name} ({', '.join(conditions) or 'plain'})",
                text,
                dict(machine["DefinitionSubstitutions"]),
            )
            for name, machine in self.of_type("AWS::StepFunctions::StateMachine").items()
            for conditions, text in _forms(machine["DefinitionString"], ())
        ]

    @property
    def images(self) -> list[Any]:
        """The addresses of the containers that the jobs run in, as the template has them."""
        return [
            value
            for definition in self.definitions
            for value in definition.substitutions.values()
            if ".dkr.ecr." in json.dumps(value)
        ]

    @property
    def code_functions(self) -> list[str]:
        """The functions whose code the template carries packed."""
        functions = self.of_type("AWS::Lambda::Function").items()
        return [name for name, properties in functions if "S3Key" in properties["Code"]]

    @property
    def code_sha256(self) -> str:
        """The digest of that code as Lambda tells it."""
        packed = self._constant(_PACKED_CODE)
        # Up to 0.1 it was in base64 and packed by zlib, whose first bytes are these.
        if packed[:2] == "eN":
            code = zlib.decompress(base64.b64decode(packed))
        else:
            code = lzma.decompress(base64.b85decode(packed))
        return base64.b64encode(hashlib.sha256(code).digest()).decode()

    @property
    def code_version(self) -> str:
        """What the training code that the template unpacks is marked with."""
        return self._constant(_CODE_VERSION)

    def _constant(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.text)
        return found[1] if found else ""


def _forms(node: Any, said: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, str):
        yield said, node
        return
    if "Fn::Join" in node:
        yield from _joined(node["Fn::Join"][1])
        return
    condition, holds, otherwise = node["Fn::If"]
    yield from _forms(holds, (*said, condition))
    yield from _forms(otherwise, said)


def _joined(parts: list[Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What the parts make together, for each choice of the conditions that some of them have."""
    named = sorted({part["Fn::If"][0] for part in parts if isinstance(part, dict)})
    for choice in itertools.product((False, True), repeat=len(named)):
        hold = tuple(name for name, holds in zip(named, choice, strict=True) if holds)
        yield hold, "".join(_chosen(part, hold) for part in parts)


def _chosen(part: Any, hold: tuple[str, ...]) -> str:
    """The part's text where these conditions hold."""
    if isinstance(part, str):
        return part
    condition, holds, otherwise = part["Fn::If"]
    return str(holds if condition in hold else otherwise)


def _structure(content: dict[str, Any]) -> dict[str, Any]:
    kept = {name: part for name, part in content.items() if name not in _FOR_PEOPLE}
    for section in ("Parameters", "Outputs"):
        kept[section] = {n: _without_words(entry) for n, entry in content[section].items()}
    seen: set[str] = set()
    kept["Resources"] = {
        name: _without_words(resource)
        | {"Properties": _referring(resource.get("Properties", {}), seen) or {}}
        for name, resource in content["Resources"].items()
    }
    return kept


def _without_words(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in _FOR_PEOPLE}


def _referring(node: Any, seen: set[str]) -> Any:
    """What of ``node`` refers to something that was not ``seen`` before; None where nothing does.

    A reference is right or wrong wherever it stands, so that one of each is enough.
    """
    if isinstance(node, list):
        return [part for each in node if (part := _referring(each, seen)) is not None] or None
    if not isinstance(node, dict) or str(node.get("Ref", "")).startswith("AWS::"):
        return None  # what is called AWS:: is always there
    if any(name == "Ref" or name.startswith("Fn::") for name in node):
        text = json.dumps(node, default=str)
        is_new = text not in seen
        seen.add(text)
        return node if is_new else None
    # The definitions are chosen by a condition and refer to nothing themselves.
    parts = {n: _referring(part, seen) for n, part in node.items() if n != "DefinitionString"}
    return {name: part for name, part in parts.items() if part is not None} or None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with CloudFormation's short forms."""


def _function(loader: Any, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        value: Any = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = loader.construct_scalar(node)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _function)
