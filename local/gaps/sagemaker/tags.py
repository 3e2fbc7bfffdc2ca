"""Tags of models, endpoints and model packages; moto has those of what it keeps itself.

moto adds a key a second time where it is there already, and can't read a model package's ARN.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.responses import SageMakerResponse

from local.gaps.sagemaker.records import Records
from local.gaps.sagemaker.requests import asked
from local.patches import wrap

# What moto does not keep: asked for the tags of one that is gone, it fails.
_HOSTED = {"endpoint", "endpoint-config", "model"}


def patch(records: Records) -> None:
    """Makes moto's SageMaker know the tags of ``records``."""

    def add_tags(known: Any, response: SageMakerResponse) -> ActionResult:
        request = asked(response, "AddTags")
        record = records.with_arn(request["ResourceArn"])
        if record is None:
            return known(response)
        named = {tag["Key"]: tag for tag in [*record.tags, *request["Tags"]]}
        with records.lock:
            record.tags = list(named.values())
            records.changed(record)
        return ActionResult({"Tags": record.tags})

    def delete_tags(known: Any, response: SageMakerResponse) -> Any:
        request = asked(response, "DeleteTags")
        record = records.with_arn(request["ResourceArn"])
        if record is None:
            return known(response)
        with records.lock:
            record.tags = [tag for tag in record.tags if tag["Key"] not in request["TagKeys"]]
            records.changed(record)
        return EmptyResult()

    def list_tags(known: Any, response: SageMakerResponse) -> Any:
        arn = asked(response, "ListTags")["ResourceArn"]
        record = records.with_arn(arn)
        if record is None and arn.split(":")[5].partition("/")[0] in _HOSTED:
            raise AWSValidationException(f'Could not find "{arn}".')
        return known(response) if record is None else ActionResult({"Tags": record.tags})

    wrap(SageMakerResponse, "add_tags", add_tags)
    wrap(SageMakerResponse, "delete_tags", delete_tags)
    wrap(SageMakerResponse, "list_tags", list_tags)
