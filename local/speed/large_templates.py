"""Templates of many kilobytes, parsed by LibYAML: moto's own way takes half a second for each."""

from types import SimpleNamespace
from typing import Any

import yaml
from moto.cloudformation import models, responses
from moto.cloudformation.utils import yaml_tag_constructor

from local.patches import replace


class _Loader(yaml.CLoader):
    """LibYAML's, with CloudFormation's tags."""


yaml.add_multi_constructor("", yaml_tag_constructor, Loader=_Loader)


def patch() -> None:
    """Makes moto's CloudFormation parse templates by LibYAML."""
    quick = SimpleNamespace(**vars(yaml) | {"load": _load})
    for module in (models, responses):
        replace(module, "yaml", quick)


def _load(text: str, Loader: Any) -> Any:  # noqa: ARG001, N803 (as PyYAML has it)
    return yaml.load(text, Loader=_Loader)
