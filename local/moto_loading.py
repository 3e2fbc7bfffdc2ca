"""moto, loaded without services that hardly anybody asks a local mode for.

moto's CloudFormation imports every service of which it can make resources, and its Step Functions
one of the tasks that they can wait for. So it loads EC2 with all its instance types and regions,
and a validator for API Gateway, which takes longer than everything else together. Here these are
loaded when they are asked for: by a request to them, which moto loads them for in any case, or by a
template that has a resource of theirs.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import moto
from werkzeug.local import LocalProxy

from local.patches import wrap

# EC2 and API Gateway, and what stands on EC2: moto's packages, and what templates call them.
_SERVICES = {
    "apigateway": "ApiGateway",
    "autoscaling": "AutoScaling",
    "batch": "Batch",
    "ec2": "EC2",
    "ecs": "ECS",
    "efs": "EFS",
    "elb": "ElasticLoadBalancing",
    "elbv2": "ElasticLoadBalancingV2",
    "emr": "EMR",
    "rds": "RDS",
    "redshift": "Redshift",
}


def load_moto() -> None:
    """Loads moto without those services, unless it is loaded already.

    To be called before anything imports the modules of ``local/`` that change moto.
    """
    if "moto.cloudformation.parsing" in sys.modules:
        return
    with _put_off():
        from moto.cloudformation import parsing
        from moto.stepfunctions.parser import models as _  # noqa: F401 (for what it imports)

    _load_for_templates(parsing)


def _load_for_templates(parsing: ModuleType) -> None:
    """Has the services loaded when a template has a resource of one of them."""

    def class_of(known_class: Any, resource_type: str) -> Any:
        if resource_type.partition("::")[2].partition("::")[0] in _SERVICES.values():
            _load_all(parsing)
        return known_class(resource_type)

    wrap(parsing, "resource_class_from_type", class_of)


def _load_all(parsing: ModuleType) -> None:
    for service in _SERVICES:
        import_module(f"moto.{service}.models")
    known = parsing.get_model_list()
    for model in parsing.CloudFormationModel.__subclasses__():
        if model not in known:
            known.append(model)
            parsing.get_model_map().setdefault(model.cloudformation_type(), model)
            parsing.get_name_type_map().setdefault(
                model.cloudformation_type(), model.cloudformation_name_type()
            )


class _Later(ModuleType):
    """Stands for a module in those that import it, until one asks it for more than is ``known``."""

    def __init__(self, name: str, **known: object) -> None:
        super().__init__(name)
        # What is light is imported from inside of it: the names of a job's states, say.
        self.__path__ = [f"{moto.__path__[0]}/{'/'.join(name.split('.')[1:])}"]
        vars(self).update(known)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def _put_off() -> Iterator[None]:
    """Has the services' modules stood for while others are loaded."""
    # Which moto.ssm imports by its name.
    ec2_backends = LocalProxy(lambda: import_module("moto.ec2").ec2_backends)
    stood_for: dict[str, _Later] = {}
    for service in _SERVICES:
        models = _Later(f"moto.{service}.models")
        package = _Later(f"moto.{service}", models=models, ec2_backends=ec2_backends)
        stood_for |= {module.__name__: module for module in (package, models)}
    sys.modules.update(stood_for)
    try:
        yield
    finally:
        for name in stood_for:
            del sys.modules[name]
