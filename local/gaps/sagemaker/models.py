"""SageMaker's models: checked when they are made, as AWS does it; moto keeps whatever it gets."""

from typing import Any

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.responses import SageMakerResponse

from local.access.control import Denied, NotAssumable
from local.gaps.sagemaker.records import Record, Records, new_arn, page
from local.gaps.sagemaker.requests import answering, asked
from local.hosting.host import ModelHost
from local.patches import replace

# What local mode does not do with a container; the rest is either done or changes nothing here.
_NOT_IMITATED = {"ModelDataSource", "AdditionalModelDataSources", "MultiModelConfig"}


def patch(models: "Models") -> None:
    """Makes moto's SageMaker have ``models``."""
    for call in ("create_model", "describe_model", "list_models", "delete_model"):
        replace(SageMakerResponse, call, answering(getattr(models, call.partition("_")[0])))


class Models:
    """The account's models."""

    def __init__(self, records: Records, host: ModelHost) -> None:
        self._records = records
        self._host = host

    def create(self, response: SageMakerResponse) -> ActionResult:
        """CreateModel."""
        request = asked(response, "CreateModel")
        name, tags = request["ModelName"], request.pop("Tags", [])
        arn = new_arn(response, "model", name)
        if self._records.find(response, "Model", name):
            raise _taken(arn)
        self._check(response, request, arn)
        if not self._records.add(Record("Model", arn, name, request, tags=tags)):
            raise _taken(arn)
        return ActionResult({"ModelArn": arn})

    def describe(self, response: SageMakerResponse) -> ActionResult:
        """DescribeModel."""
        record = self.named(response, asked(response, "DescribeModel")["ModelName"])
        described = {"ModelArn": record.arn, "CreationTime": record.created}
        return ActionResult(record.request | described)

    def list(self, response: SageMakerResponse) -> ActionResult:
        """ListModels."""
        request = asked(response, "ListModels")
        return ActionResult(
            page(self._records.of(response, "Model"), request, _summary, "Models"),
        )

    def delete(self, response: SageMakerResponse) -> EmptyResult:
        """DeleteModel."""
        name = asked(response, "DeleteModel")["ModelName"]
        self._records.remove(self.named(response, name))
        return EmptyResult()

    def named(self, response: SageMakerResponse, name: str) -> Record:
        """The model of that name.

        Raises:
            AWSValidationException: there is none.
        """
        record = self._records.find(response, "Model", name)
        if record is None:
            arn = new_arn(response, "model", name)
            raise AWSValidationException(f'Could not find model "{arn}".')
        return record

    def container(self, response: SageMakerResponse, model: Record) -> dict[str, Any]:
        """The model's container: its image, the archive's address and its variables.

        A container may name a model package, which has the same fields.
        """
        container = _container(model.request)
        package_name = container.get("ModelPackageName")
        if package_name is None:
            return container
        package = self._records.with_arn(package_name)
        if package is None or package.kind != "ModelPackage":
            raise AWSValidationException(f"ModelPackage {package_name} does not exist.")
        if package.state.get("ModelApprovalStatus", "Approved") != "Approved":
            raise AWSValidationException(f"ModelPackage {package.arn} is not Approved.")
        known = package.request | package.state
        packed: dict[str, Any]
        [packed, *_] = known["InferenceSpecification"]["Containers"]
        environment = packed.get("Environment", {}) | container.get("Environment", {})
        return packed | {"Environment": environment}

    def _check(self, response: SageMakerResponse, request: dict[str, Any], arn: str) -> None:
        if "ExecutionRoleArn" not in request:
            raise AWSValidationException("ExecutionRoleArn is required.")
        role = request["ExecutionRoleArn"]
        container = self.container(response, Record("Model", arn, "", request))
        if not (container.get("Image") and container.get("ModelDataUrl")):
            raise AWSValidationException(
                "Local mode runs models that have an Image and a ModelDataUrl."
            )
        try:
            session = self._host.session(role, arn)
            self._host.check_image(session, container["Image"])
        except NotAssumable:
            raise AWSValidationException(
                f"Could not access model data at {container['ModelDataUrl']}. Please ensure that "
                f'the role "{role}" exists and that its trust relationship policy allows the '
                'action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com".'
            ) from None
        except Denied:
            raise AWSValidationException(
                f"The role '{role}' does not have BatchGetImage permission for the image: "
                f"'{container['Image']}'."
            ) from None
        bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
        try:
            self._host.client(session, "s3", arn).head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise AWSValidationException(
                    f"Could not find model data at {container['ModelDataUrl']}."
                ) from None
            raise AWSValidationException(
                f"Could not access model data at {container['ModelDataUrl']}. Please ensure that "
                f'the role "{role}" exists and that its trust relationship policy allows the '
                'action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". '
                'Also ensure that the role has "s3:GetObject" permissions and that the object is '
                f"located in {response.region}."
            ) from None


def _container(request: dict[str, Any]) -> dict[str, Any]:
    containers = request.get("Containers") or [request.get("PrimaryContainer")]
    if len(containers) != 1 or not containers[0]:
        raise AWSValidationException("Local mode runs models of one container.")
    container: dict[str, Any] = containers[0]
    unknown = sorted(_NOT_IMITATED & container.keys())
    if container.get("Mode") == "MultiModel":
        unknown.append("MultiModel")
    if unknown:
        raise AWSValidationException(f"Local mode does not support {', '.join(unknown)}.")
    return container


def _taken(arn: str) -> AWSValidationException:
    return AWSValidationException(f'Cannot create already existing model "{arn}".')


def _summary(record: Record) -> dict[str, Any]:
    return {"ModelName": record.name, "ModelArn": record.arn, "CreationTime": record.created}
