"""Lambda functions that are really run, without Docker."""

import base64
import json
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.utilities.utils import get_partition

from local.access.control import AccessControl, Denied, NotAssumable, Session
from local.access.needs import Need, Place, needs_of
from local.lambda_process import FunctionSettings, LambdaProcesses
from local.patches import replace, wrap


def patch(processes: LambdaProcesses, access: AccessControl) -> None:
    """Makes moto run a function in a process of its own, under its role, not in a container."""

    def invoke_lambda(self: LambdaFunction, event: Any = None) -> tuple[str, bool, str]:
        session = _session(access, self)
        if denied := _denied_key(access, session, self):
            return denied, True, ""
        outcome = processes.invoke(_settings(self, session), event)
        _keep_log(access, session, self, outcome.log)
        return outcome.payload, outcome.failed, outcome.log

    def create_function(create: Any, self: LambdaBackend, spec: Any) -> LambdaFunction:
        function: LambdaFunction = create(self, spec)
        _session(access, function)  # which only a role has that trusts Lambda
        return function

    def make(*args: Any, **kw: Any) -> LambdaFunction:
        function = _make_with_log_group_and_key(*args, **kw)
        processes.load_early(_settings(function, _session(access, function)))
        return function

    wrap(LambdaFunction, "create_from_cloudformation_json", make)
    wrap(LambdaFunction, "update_from_cloudformation_json", _update_with_inline_code)
    # What the layers hold is in this environment. moto looks for them when a function is updated.
    replace(LambdaFunction, "_get_layers_data", lambda self, arns: [])
    replace(LambdaFunction, "_invoke_lambda", invoke_lambda)
    wrap(LambdaBackend, "create_function", create_function)


def _make_with_log_group_and_key(
    make: Any, cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any
) -> LambdaFunction:
    """moto lets every function write to the group that it has by its name, and forgets keys."""
    function: LambdaFunction = make(cls, name, cloudformation_json, *args, **kw)
    function.kms_key_arn = cloudformation_json["Properties"].get("KmsKeyArn")
    _set_logging_and_layer(function, cloudformation_json["Properties"])
    return function


def _update_with_inline_code(
    update: Any, cls: Any, /, *, cloudformation_json: Any, **kw: Any
) -> LambdaFunction:
    """moto packs code that stands in a template when a function is made, not when updated."""
    properties = cloudformation_json["Properties"]
    if "ZipFile" in properties["Code"]:
        packed = cls._create_zipfile_from_plaintext_code(properties["Code"]["ZipFile"])
        code = {"ZipFile": base64.b64encode(packed).decode()}
        cloudformation_json = {"Properties": properties | {"Code": code}}
    updated: LambdaFunction = update(cls, cloudformation_json=cloudformation_json, **kw)
    _set_logging_and_layer(updated, properties)
    return updated


def _set_logging_and_layer(function: LambdaFunction, properties: dict[str, Any]) -> None:
    function.has_layer = "Layers" in properties
    logging = properties.get("LoggingConfig", {})
    function.logs_group_name = logging.get("LogGroup", function.logs_group_name)
    function.log_level = logging.get("ApplicationLogLevel", "INFO")


def _session(access: AccessControl, function: LambdaFunction) -> Session:
    arn = function.function_arn
    try:
        return access.assumed(function.role, "lambda", function.function_name, arn)
    except NotAssumable:
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda."
        ) from None


def _denied_key(access: AccessControl, session: Session, function: LambdaFunction) -> str | None:
    """What Lambda answers if the role may not use the key of the function's variables."""
    key = getattr(function, "kms_key_arn", None)
    try:
        access.check(session, [Need("kms:Decrypt", key)] if key else [])
    except Denied as denied:
        words = (
            "Lambda was unable to decrypt the environment variables because KMS access was denied."
        )
        return json.dumps(
            {"errorType": "KMSAccessDeniedException", "errorMessage": f"{words} {denied}"}
        )
    return None


def _settings(function: LambdaFunction, session: Session) -> FunctionSettings:
    return FunctionSettings(
        name=function.function_name,
        code=function.code_bytes,
        handler=str(function.handler),
        timeout_seconds=float(function.timeout),
        memory_mb=int(function.memory_size),
        environment={k: str(v) for k, v in function.environment_vars.items()},
        region=function.region,
        arn=function.function_arn,
        credentials=session.environment,
        log_level=getattr(function, "log_level", "INFO"),
        has_layer=getattr(function, "has_layer", False),
    )


def _keep_log(access: AccessControl, session: Session, function: LambdaFunction, log: str) -> None:
    """Writes the log to CloudWatch as far as the function's role allows that, as Lambda does."""
    group, region = function.logs_group_name, function.region
    place = Place(get_partition(region), region, function.account_id)
    needed = ["CreateLogStream", "PutLogEvents"]
    if group not in function.logs_backend.groups:
        needed.insert(0, "CreateLogGroup")
    try:
        for operation in needed:
            access.check(session, needs_of("logs", operation, {"logGroupName": group}, place))
    except Denied:
        return
    function.logs_backend.ensure_log_group(group)
    if log:
        function.save_logs(log)
