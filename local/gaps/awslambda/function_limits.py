"""How many functions an account may run at once; moto does not tell.

Source: AWS Lambda API reference, GetAccountSettings; Developer Guide, "Lambda quotas" (1,000, of
which a function may reserve some).
"""

from typing import Any

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from local.patches import add, add_entry

limits: dict[str, int] = {"ConcurrentExecutions": 1000}


def patch() -> None:
    """Makes moto answer GetAccountSettings."""
    add(LambdaResponse, "get_account_settings", _get_account_settings)
    path = r"{0}/(?P<api_version>[^/]+)/account-settings/?$"
    add_entry(urls.url_paths, path, LambdaResponse.dispatch, called="moto.awslambda.urls.url_paths")


def _get_account_settings(self: LambdaResponse) -> ActionResult:
    functions = list(self.backend.list_functions())
    reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    at_once = limits["ConcurrentExecutions"]
    limit: dict[str, Any] = {
        "ConcurrentExecutions": at_once,
        "UnreservedConcurrentExecutions": at_once - reserved,
    }
    return ActionResult({"AccountLimit": limit, "AccountUsage": {"FunctionCount": len(functions)}})
