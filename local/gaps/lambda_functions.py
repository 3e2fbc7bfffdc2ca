"""Lambda functions that are really run, without Docker, and are warm when they are needed."""

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
