"""Rights of assumed roles: checked before every action, with resources and conditions.

moto's own check, which is off unless it is asked for, denies SageMaker and States rights that are
bound to a resource, looks at no condition, and knows no second right of one call (iam:PassRole, a
copy's source). For the person whose home it is, the policies of buckets count alone.
"""

from collections.abc import Iterator
from typing import Any

import xmltodict
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.parse import XFormedDict
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3AccessDeniedError, S3ClientError
from moto.s3.models import FakeBucket

from local.access.control import AccessControl, Denied
from local.access.needs import Place, needs_of
from local.access.s3_needs import S3Call
from local.patches import add_item, replace, wrap

# Whoever calls may ask who that is (AWS STS API reference, GetCallerIdentity).
_ALWAYS_ALLOWED = {"GetCallerIdentity"}


class _AccessDenied(ServiceException):  # type: ignore[misc]
    """Each service has its own; moto finds it by the code."""


class _S3AccessDenied(S3AccessDeniedError):  # type: ignore[misc]
    def __init__(self, message: str) -> None:
        S3ClientError.__init__(self, "AccessDenied", message)


def patch(access: AccessControl) -> None:
    """Makes every call with a role's credentials need what it needs on AWS."""

    def call_action(call: Any, self: BaseResponse) -> Any:
        session = access.session(self.access_key)
        if session and self._get_action() not in _ALWAYS_ALLOWED:
            try:
                access.check(session, _needs(self))
            except Denied as denied:
                return _answer(self, str(denied))
        return call(self)

    def authorize_s3_action(
        self: Any, bucket_name: str | None = None, key_name: str | None = None
    ) -> None:
        session = access.session(self.access_key)
        try:
            for call in _s3_calls(self, bucket_name, key_name):
                if session:
                    access.check(session, call.needs())
                elif call.has_policy:
                    access.check_root(call.place, call.needs())
        except Denied as denied:
            raise _S3AccessDenied(str(denied)) from None

    for code in ("AccessDenied", "AccessDeniedException"):
        add_item(COMMON_ERROR_CODES, code, called="moto.core.errors.COMMON_ERROR_CODES")
    wrap(BaseResponse, "call_action", call_action)
    replace(ActionAuthenticatorMixin, "_authenticate_and_authorize_s3_action", authorize_s3_action)
    # moto asks this beside the above, and sees neither who calls nor conditions.
    replace(FakeBucket, "get_permission", lambda self, action, resource: PermissionResult.NEUTRAL)


def _answer(response: BaseResponse, message: str) -> Any:
    """The error as the service tells it: code and status are not the same everywhere."""
    protocol = get_service_model(response.boto3_service_name).protocol
    code = "AccessDenied" if protocol == "query" else "AccessDeniedException"
    code = "AuthorizationError" if response.service_name == "sns" else code
    _, headers, body = response.serialized(ActionResult(_AccessDenied(code, message)))
    headers, body = response._enrich_response(headers, body)
    return 400 if protocol == "json" else 403, headers, body


def _needs(response: BaseResponse) -> Any:
    operation = response._get_action()
    service = response.headers["Authorization"].split("/")[3]
    if not response.automated_parameter_parsing:
        response.parse_parameters(response.normalized_request)
    parameters = response.params
    if isinstance(parameters, XFormedDict):
        parameters = parameters.original_dict()
    return needs_of(service, operation, parameters, _place(response))


def _s3_calls(response: Any, bucket: str | None, key: str | None) -> Iterator[S3Call]:
    """The call, or what DeleteObjects deletes one by one.

    S3 denies each object by itself; here the first one that is denied ends the call.
    """
    action, query = response.data["Action"], response.querystring
    common = response.headers, response.backend, _place(response)
    method = response.method
    if action == "DeleteObject" and bucket and not key:
        named = xmltodict.parse(response.body, strip_whitespace=False).get("Delete") or {}
        objects = named.get("Object") or []
        for each in objects if isinstance(objects, list) else [objects]:
            version = {"versionId": each.get("VersionId")}
            yield S3Call(method, action, bucket, each["Key"], version, *common)
    else:
        yield S3Call(method, action, bucket, key, query, *common)


def _place(response: BaseResponse) -> Place:
    return Place(response.partition, response.region, response.current_account)
