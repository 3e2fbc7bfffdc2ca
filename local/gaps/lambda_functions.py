"""Lambda functions that are really run, without Docker, and are warm when they are needed."""

import base64
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction

from local.lambda_process import FunctionSettings, LambdaProcesses


def close(processes: LambdaProcesses) -> None:
    """Makes moto run a function in a process of its own instead of in a container."""

    def _invoke_lambda(self: LambdaFunction, event: Any = None) -> tuple[str, bool, str]:
        self.logs_backend.ensure_log_group(self.logs_group_name)
        outcome = processes.invoke(_settings(self), event)
        return outcome.payload, outcome.failed, outcome.log

    create = LambdaBackend.create_function

    def create_function(self: LambdaBackend, spec: Any) -> LambdaFunction:
        function = create(self, spec)
        processes.warm_up(_settings(function))
        return function

    update = LambdaFunction.update_from_cloudformation_json.__func__

    def update_with_inline_code(cls: Any, *, cloudformation_json: Any, **kw: Any) -> LambdaFunction:
        """moto packs code that stands in a template when a function is made, not when updated."""
        properties = cloudformation_json["Properties"]
        if "ZipFile" in properties["Code"]:
            packed = cls._create_zipfile_from_plaintext_code(properties["Code"]["ZipFile"])
            code = {"ZipFile": base64.b64encode(packed).decode()}
            cloudformation_json = {"Properties": properties | {"Code": code}}
        updated: LambdaFunction = update(cls, cloudformation_json=cloudformation_json, **kw)
        return updated

    LambdaFunction.update_from_cloudformation_json = classmethod(update_with_inline_code)
    # What the layers hold is in this environment. moto looks for them when a function is updated.
    LambdaFunction._get_layers_data = lambda self, arns: []
    LambdaFunction._invoke_lambda = _invoke_lambda
    LambdaBackend.create_function = create_function


def _settings(function: LambdaFunction) -> FunctionSettings:
    return FunctionSettings(
        name=function.function_name,
        code=function.code_bytes,
        handler=str(function.handler),
        timeout_seconds=float(function.timeout),
        memory_mb=int(function.memory_size),
        environment={k: str(v) for k, v in function.environment_vars.items()},
        region=function.region,
        arn=function.function_arn,
    )
