"""Templates of many kilobytes, parsed by LibYAML: moto's own way takes half a second for each."""

from types import SimpleNamespace
from typing import Any

import yaml
from moto.cloudformation import models, responses
from moto.cloudformation.utils import yaml_tag_constructor


class _Loader(yaml.CLoader):
    """LibYAML's, with CloudFormation's tags."""


def patch() -> None:
    """Makes moto's CloudFormation parse templates by LibYAML."""
    yaml.add_multi_constructor("", yaml_tag_constructor, Loader=_Loader)

    def load(text: str, Loader: Any) -> Any:  # noqa: N803 (as PyYAML names it)
        return yaml.load(text, Loader=_Loader)

    quick = SimpleNamespace(**vars(yaml) | {"load": load})
    models.yaml = responses.yaml = quick
