"""SageMaker's endpoint configurations, with what local mode can't do refused in words."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.responses import SageMakerResponse

from local.gaps.sagemaker.models import Models
from local.gaps.sagemaker.records import Record, Records, new_arn, page
from local.gaps.sagemaker.requests import answering, asked
from local.patches import replace

_NOT_IMITATED = (
    *("AsyncInferenceConfig", "DataCaptureConfig", "ExplainerConfig"),
    *("ShadowProductionVariants", "CrossRegionTrafficConfig"),
)
# In steps of 1 GB (API reference, ProductionVariantServerlessConfig).
_MEMORY_MB = range(1024, 6144 + 1, 1024)


def patch(configs: "EndpointConfigs") -> None:
    """Makes moto's SageMaker have ``configs``."""
    for verb in ("create", "describe", "delete"):
        replace(SageMakerResponse, f"{verb}_endpoint_config", answering(getattr(configs, verb)))
    replace(SageMakerResponse, "list_endpoint_configs", answering(configs.list))


class EndpointConfigs:
    """The account's endpoint configurations."""

    def __init__(self, records: Records, models: Models) -> None:
        self._records = records
        self._models = models

    def create(self, response: SageMakerResponse) -> ActionResult:
        """CreateEndpointConfig."""
        request = asked(response, "CreateEndpointConfig")
        name, tags = request["EndpointConfigName"], request.pop("Tags", [])
        arn = new_arn(response, "endpoint-config", name)
        if unknown := [field for field in _NOT_IMITATED if request.get(field)]:
            raise AWSValidationException(f"Local mode does not support {', '.join(unknown)}.")
        names = [variant["VariantName"] for variant in request["ProductionVariants"]]
        if len(set(names)) < len(names):
            raise AWSValidationException("Production variant names must be unique.")
        for variant in request["ProductionVariants"]:
            _check_variant(variant)
            model = self._models.named(response, variant["ModelName"])
            if variant.get("ServerlessConfig"):
                _check_serverless(request, model)
        if not self._records.add(Record("EndpointConfig", arn, name, request, tags=tags)):
            raise AWSValidationException(
                f'Cannot create already existing endpoint configuration "{arn}".'
            )
        return ActionResult({"EndpointConfigArn": arn})

    def describe(self, response: SageMakerResponse) -> ActionResult:
        """DescribeEndpointConfig."""
        request = asked(response, "DescribeEndpointConfig")
        record = self.named(response, request["EndpointConfigName"])
        described = {"EndpointConfigArn": record.arn, "CreationTime": record.created}
        return ActionResult(record.request | described)

    def list(self, response: SageMakerResponse) -> ActionResult:
        """ListEndpointConfigs."""
        request = asked(response, "ListEndpointConfigs")
        found = self._records.of(response, "EndpointConfig")
        return ActionResult(page(found, request, _summary, "EndpointConfigs"))

    def delete(self, response: SageMakerResponse) -> EmptyResult:
        """DeleteEndpointConfig."""
        request = asked(response, "DeleteEndpointConfig")
        self._records.remove(self.named(response, request["EndpointConfigName"]))
        return EmptyResult()

    def named(self, response: SageMakerResponse, name: str) -> Record:
        """The configuration of that name.

        Raises:
            AWSValidationException: there is none.
        """
        record = self._records.find(response, "EndpointConfig", name)
        if record is None:
            arn = new_arn(response, "endpoint-config", name)
            raise AWSValidationException(f'Could not find endpoint configuration "{arn}".')
        return record


def _check_variant(variant: dict[str, Any]) -> None:
    serverless = variant.get("ServerlessConfig")
    if "ModelName" not in variant:
        raise AWSValidationException("Local mode needs a ModelName for each production variant.")
    if bool(serverless) == bool(variant.get("InstanceType")):
        raise AWSValidationException(
            "Each ProductionVariant must have either an InstanceType or a ServerlessConfig."
        )
    if serverless and serverless["MemorySizeInMB"] not in _MEMORY_MB:
        allowed = ", ".join(map(str, _MEMORY_MB))
        raise AWSValidationException(
            f"1 validation error detected: Value '{serverless['MemorySizeInMB']}' at "
            "'productionVariants.1.member.serverlessConfig.memorySizeInMB' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{allowed}]"
        )
    if not serverless and "InitialInstanceCount" not in variant:
        raise AWSValidationException("InitialInstanceCount is required with an InstanceType.")


def _check_serverless(request: dict[str, Any], model: Record) -> None:
    """Refuses what serverless inference does not have (Amazon SageMaker AI Developer Guide,
    "Deploy models with Amazon SageMaker Serverless Inference", "Feature exclusions")."""
    lacking = [name for name in ("VpcConfig", "EnableNetworkIsolation") if model.request.get(name)]
    if len(request["ProductionVariants"]) > 1:
        lacking.append("multiple production variants")
    if lacking:
        raise AWSValidationException(f"Serverless inference does not support {', '.join(lacking)}.")


def _summary(record: Record) -> dict[str, Any]:
    return {
        "EndpointConfigName": record.name,
        "EndpointConfigArn": record.arn,
        "CreationTime": record.created,
    }
