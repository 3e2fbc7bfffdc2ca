"""InvokeEndpoint, answered by the endpoint's process; moto gives back what it was told to.

Sources: SageMaker Runtime API reference, InvokeEndpoint; wording in public reports (aws/
amazon-sagemaker-examples, issues 293, 407, 1881).
"""

import json
from typing import Any

from moto.core.responses import TYPE_RESPONSE
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

from local.gaps.sagemaker.endpoints import Endpoints
from local.gaps.sagemaker.records import Record, Records
from local.gaps.sagemaker.requests import answering
from local.hosting.deployment import Retired
from local.hosting.process import NoAnswer, ProcessGone, Reply
from local.patches import replace

_PREFIX = "X-Amzn-SageMaker-"
# Passed on to the container; everything else is SageMaker's own business.
_PASSED_ON = ("Content-Type", "Accept", f"{_PREFIX}Custom-Attributes")
_SERVES_NOTHING = {"Creating", "Deleting", "Failed"}
_STATUS = {"ValidationError": 400, "ServiceUnavailable": 503, "ModelError": 424}


def patch(records: Records, endpoints: Endpoints) -> None:
    """Makes moto's SageMaker Runtime ask ``endpoints``."""
    invocations = _Invocations(records, endpoints)
    # A body is whatever the model reads.
    replace(SageMakerRuntimeResponse, "use_raw_body", new=True)
    replace(SageMakerRuntimeResponse, "invoke_endpoint", answering(invocations.answer))


class _Invocations:
    def __init__(self, records: Records, endpoints: Endpoints) -> None:
        self._records = records
        self._endpoints = endpoints

    def answer(self, response: SageMakerRuntimeResponse) -> TYPE_RESPONSE:
        name, account = response.path.split("/")[2], response.current_account
        endpoint = self._records.find(response, "Endpoint", name)
        if endpoint is None or endpoint.state["EndpointStatus"] in _SERVES_NOTHING:
            return _error("ValidationError", f"Endpoint {name} of account {account} not found.")
        headers = {key: response.headers[key] for key in _PASSED_ON if key in response.headers}
        variant = response.headers.get(f"{_PREFIX}Target-Variant")
        while running := self._endpoints.running(endpoint, variant):
            model, deployment = running
            if len(response.raw_body) > model.most_bytes:
                return _error(
                    "ValidationError",
                    f"Request {len(response.raw_body)} bytes exceeds the limit of "
                    f"{model.most_bytes} bytes for an invocation of the endpoint.",
                )
            try:
                reply = deployment.answer(headers, response.raw_body)
            except Retired:
                continue  # the endpoint was updated meanwhile, or deleted
            except NoAnswer:
                return _model_error(
                    response,
                    endpoint,
                    0,
                    "Your invocation timed out while waiting for a response from container "
                    "primary. Review the latency metrics for each container in Amazon CloudWatch, "
                    "resolve the issue, and try again.",
                )
            except ProcessGone:
                return _model_error(response, endpoint, 500, "The container ended.")
            return _told(response, endpoint, reply, model.variant, model.most_bytes)
        if self._records.find(response, "Endpoint", name) is not endpoint:
            return _error("ValidationError", f"Endpoint {name} of account {account} not found.")
        if variant:
            return _error("ValidationError", f"Variant {variant} of endpoint {name} not found.")
        return _error("ServiceUnavailable", f"Endpoint {name} is starting again.")


def _told(
    response: SageMakerRuntimeResponse, endpoint: Record, reply: Reply, variant: str, most: int
) -> TYPE_RESPONSE:
    if reply.status != 200:
        text = reply.body.decode(errors="replace")
        return _model_error(response, endpoint, reply.status, text)
    if len(reply.body) > most:
        return _model_error(
            response, endpoint, 500, f"The answer has {len(reply.body)} bytes, more than {most}."
        )
    headers = {"Content-Type": reply.content_type, "x-Amzn-Invoked-Production-Variant": variant}
    return 200, headers, reply.body


def _model_error(
    response: SageMakerRuntimeResponse, endpoint: Record, status: int, text: str
) -> TYPE_RESPONSE:
    region, account, group = (
        response.region,
        response.current_account,
        f"/aws/sagemaker/Endpoints/{endpoint.name}",
    )
    who = "client" if 400 <= status < 500 else "server"
    message = (
        f'Received {who} error ({status}) from primary with message "{text}". See '
        f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
        f"#logEventViewer:group={group} in account {account} for more information."
    )
    arn = f"arn:{response.partition}:logs:{region}:{account}:log-group:{group}"
    details = {"OriginalStatusCode": status, "OriginalMessage": text, "LogStreamArn": arn}
    return _error("ModelError", message, details)


def _error(code: str, message: str, details: dict[str, Any] | None = None) -> TYPE_RESPONSE:
    body = json.dumps({"Message": message} | (details or {}))
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return _STATUS[code], headers | {"status": _STATUS[code]}, body
