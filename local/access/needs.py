"""Which rights a call needs, told from the call alone.

Source: AWS Service Authorization Reference, "Actions, resources, and condition keys" of each
service; S3 has a module of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.kms.models import kms_backends
from moto.sns.models import sns_backends

from local.access.policy import Values


@dataclass(frozen=True)
class Need:
    """One right: an action on a resource, with the condition keys that the call carries.

    ``resource_policies`` are the policies of the resource itself.
    """

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)
    resource_policies: tuple[str | bytes | Mapping[str, Any], ...] = ()


_OF_NO_REGION = {"budgets"}


@dataclass(frozen=True)
class Place:
    """Where a call is made."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, rest: str) -> str:
        """The ARN of a resource here."""
        region = "" if service in _OF_NO_REGION else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{rest}"


# How a call's signature names a service whose actions have another prefix.
_PREFIXES = {"monitoring": "cloudwatch"}

# {Names} are those of the call's parameters. A bare resource is completed to an ARN of the place;
# what is not listed here needs its action on "*".
_RESOURCES = {
    "cloudformation": {"DescribeStacks": "stack/{StackName}"},
    "events": {
        "DescribeRule": "rule/{Name}",
        "PutRule": "rule/{Name}",
        "PutTargets": "rule/{Rule}",
    },
    "budgets": {
        "CreateBudget": "budget/{Budget[BudgetName]}",
        "DeleteBudget": "budget/{BudgetName}",
    },
    "kms": {"ScheduleKeyDeletion": "key/{KeyId}"},
    "lambda": {
        "Invoke": "function:{FunctionName}",
        "PutFunctionConcurrency": "function:{FunctionName}",
    },
    "logs": {
        # Not the group's own ARN: it ends with ":log-stream:" even where no stream is named.
        "CreateLogGroup": "log-group:{logGroupName}:log-stream:",
        "CreateLogStream": "log-group:{logGroupName}:log-stream:{logStreamName}",
        "DescribeLogStreams": "log-group:{logGroupName}:log-stream:",
        "GetLogEvents": "log-group:{logGroupName}:log-stream:{logStreamName}",
        "PutLogEvents": "log-group:{logGroupName}:log-stream:{logStreamName}",
    },
    "sagemaker": {
        "AddTags": "{ResourceArn}",
        "CreateEndpoint": "endpoint/{EndpointName}",
        "CreateEndpointConfig": "endpoint-config/{EndpointConfigName}",
        "CreateModel": "model/{ModelName}",
        "CreateModelPackage": "model-package/{ModelPackageGroupName}/*",
        "CreateModelPackageGroup": "model-package-group/{ModelPackageGroupName}",
        "CreateProcessingJob": "processing-job/{ProcessingJobName}",
        "CreateTrainingJob": "training-job/{TrainingJobName}",
        "CreateTransformJob": "transform-job/{TransformJobName}",
        "DeleteEndpoint": "endpoint/{EndpointName}",
        "DeleteEndpointConfig": "endpoint-config/{EndpointConfigName}",
        "DeleteModel": "model/{ModelName}",
        "DeleteModelPackage": "model-package/{ModelPackageName}",
        "DeleteModelPackageGroup": "model-package-group/{ModelPackageGroupName}",
        "DeleteTags": "{ResourceArn}",
        "DescribeEndpoint": "endpoint/{EndpointName}",
        "DescribeEndpointConfig": "endpoint-config/{EndpointConfigName}",
        "DescribeModel": "model/{ModelName}",
        "DescribeModelPackage": "model-package/{ModelPackageName}",
        "DescribeModelPackageGroup": "model-package-group/{ModelPackageGroupName}",
        "DescribeProcessingJob": "processing-job/{ProcessingJobName}",
        "DescribeTrainingJob": "training-job/{TrainingJobName}",
        "DescribeTransformJob": "transform-job/{TransformJobName}",
        "InvokeEndpoint": "endpoint/{EndpointName}",
        "ListModelPackages": "model-package/{ModelPackageGroupName}/*",
        "ListTags": "{ResourceArn}",
        "StopProcessingJob": "processing-job/{ProcessingJobName}",
        "StopTrainingJob": "training-job/{TrainingJobName}",
        "StopTransformJob": "transform-job/{TransformJobName}",
        "UpdateEndpoint": "endpoint/{EndpointName}",
        "UpdateModelPackage": "{ModelPackageArn}",
    },
    "sns": {"Publish": "{TopicArn}"},
    "states": {
        "DescribeExecution": "{executionArn}",
        "GetExecutionHistory": "{executionArn}",
        "ListExecutions": "{stateMachineArn}",
        "StartExecution": "{stateMachineArn}",
        "StopExecution": "{executionArn}",
    },
}

# Where an action is not called like the API's operation.
_ACTIONS = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "lambda:GetLayerVersionByArn": "lambda:GetLayerVersion",
    "lambda:Invoke": "lambda:InvokeFunction",
}


def needs_of(
    service: str, operation: str, parameters: Mapping[str, Any], place: Place
) -> Iterator[Need]:
    """What a call to a service other than S3 needs; ``service`` is as in the call's signature."""
    prefix = _PREFIXES.get(service, service)
    action = _ACTIONS.get(f"{prefix}:{operation}", f"{prefix}:{operation}")
    resource = _RESOURCES.get(prefix, {}).get(operation, "*").format_map(_Lenient(parameters))
    if "arn:" in resource:  # a function's name, for one, may be given as an ARN
        resource = f"arn:{resource.rpartition('arn:')[2]}"
    elif resource != "*":
        resource = place.arn(prefix, resource)
    yield Need(action, resource, _tags(parameters))
    if prefix == "sagemaker":
        if operation in ("CreateEndpoint", "UpdateEndpoint"):
            config = place.arn(prefix, f"endpoint-config/{parameters['EndpointConfigName']}")
            yield Need(action, config, _tags(parameters))
        if operation.startswith("Create"):
            yield from _needs_beside_making(resource, parameters)
    elif operation == "CreateBudget" and parameters.get("ResourceTags"):
        yield Need("budgets:TagResource", resource)
    elif action == "sns:Publish":
        yield from _needs_of_a_topic(resource, place)


def needs_of_an_image(image: str, partition: str) -> Iterator[Need]:
    """What a job's role needs to get its container (Amazon SageMaker AI Developer Guide, "How to
    use SageMaker AI execution roles"); ``image`` is ``ACCOUNT.dkr.ecr.REGION.…/NAME:TAG``."""
    registry, _, name = image.partition("/")
    account, _, _, region, *_ = registry.split(".")
    repository = f"arn:{partition}:ecr:{region}:{account}:repository/{name.partition(':')[0]}"
    yield Need("ecr:GetAuthorizationToken", "*")
    for action in ("BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage"):
        yield Need(f"ecr:{action}", repository)


def _needs_beside_making(made: str, parameters: Mapping[str, Any]) -> Iterator[Need]:
    """What it takes to hand a role to what is made, and to tag it; ``made`` is its ARN."""
    if role := parameters.get("RoleArn") or parameters.get("ExecutionRoleArn"):
        context = {
            "iam:PassedToService": "sagemaker.amazonaws.com",
            "iam:AssociatedResourceArn": made,
        }
        yield Need("iam:PassRole", str(role), context)
    if parameters.get("Tags"):
        yield Need("sagemaker:AddTags", made, _tags(parameters))


def _needs_of_a_topic(topic: str, place: Place) -> Iterator[Need]:
    """What it takes to publish to a topic that is encrypted with a key of the account (Amazon SNS
    Developer Guide, "Managing Amazon SNS encryption keys and costs")."""
    found = sns_backends[place.account][place.region].topics.get(topic)
    keys = kms_backends[place.account][place.region]
    key_id = keys.get_key_id(found.kms_master_key_id or "") if found else ""
    if key_id in keys.keys:
        context = {"kms:ViaService": f"sns.{place.region}.amazonaws.com"}
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield Need(action, keys.keys[key_id].arn, context)


def _tags(parameters: Mapping[str, Any]) -> dict[str, Values]:
    """The condition keys that carry the tags of a request."""
    tags = parameters.get("Tags")
    if not isinstance(tags, list):
        return {}
    named: dict[str, Values] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return named | {"aws:TagKeys": tuple(tag["Key"] for tag in tags)}


class _Lenient(dict[str, Any]):
    """Parameters that may be left out, such as a log stream's name."""

    def __missing__(self, key: str) -> str:
        return ""
