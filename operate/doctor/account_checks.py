"""What account and region have for Codefree: image, layer, prices, quotas, a bucket's name.

Sources: Amazon ECR API reference, BatchGetImage (what is called when an image is pulled); AWS
Lambda API reference, GetLayerVersionByArn and GetAccountSettings; Amazon S3 API reference,
HeadBucket; AWS Service Quotas API reference, ListServiceQuotas.
"""

from botocore.exceptions import ClientError

from lambdas.errors import BudgetTooSmall
from lambdas.instances.catalog import Catalog
from lambdas.instances.quotas import Forbidden
from lambdas.pick_instance import Choice, choice_of
from lambdas.state import FileState, ProfileState
from lambdas.wish import Wish, current_preset
from operate.account import DENIED
from operate.doctor.finding import Check, Finding, bad, good, unknown
from operate.doctor.patient import Patient
from operate.error_answer import error_answer

_MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
_OTHER_REGION = "Choose another region (docs/deploy.md), or get a newer version of Codefree."
# What a file with some thousand rows looks like to PickInstance.
_SMALL_FILE: FileState = {"Bytes": 10**6, "Rows": 10**4, "Columns": 20, "MemoryBytes": 10**7}
# What infra/template.yaml reserves, and what AWS wants to be left (AWS Lambda Developer Guide,
# "Configuring reserved concurrency").
_RESERVED, _LEFT = 26, 100
# What a new account has; with fewer, functions that a run needs at once wait for each other.
_FEWEST_AT_ONCE = 10


def region(patient: Patient) -> Finding:
    """Whether the template is for the region at all."""
    known = patient.template.regions
    if patient.region in known:
        return good(f"{patient.region} is one of {len(known)} supported regions.")
    return bad(
        f"The template does not support {patient.region}.", f"Choose one of {', '.join(known)}."
    )


def image(patient: Patient) -> Finding:
    """Whether the jobs' image is there, by the call that a job's start makes."""
    found = [
        _image(patient, address) for address in patient.concrete.value(patient.template.images)
    ]
    return next((finding for finding in found if finding.mark != "✓"), found[0])


def _image(patient: Patient, address: str) -> Finding:
    registry, _, name = address.partition("/")
    repository, _, tag = name.partition(":")
    try:
        answer = patient.account.client("ecr").batch_get_image(
            registryId=registry.partition(".")[0],
            repositoryName=repository,
            imageIds=[{"imageTag": tag}],
            acceptedMediaTypes=list(_MANIFESTS),
        )
    except ClientError as error:
        if error_answer(error).code != "RepositoryNotFoundException":
            raise
        return bad(f"There is no repository {repository} in this region.", _OTHER_REGION)
    if answer["images"]:
        return good(f"{name} is available.")
    [failure] = answer["failures"]
    return bad(f"{name} is not available: {failure['failureCode']}.", _OTHER_REGION)


def layer(patient: Patient) -> Finding:
    """Whether the layer with pandas may be used here.

    For a layer that is not there, as for one that is not shared, Lambda says that no policy of the
    layer allows it (seen by others: cds-snc/terraform-modules 203).
    """
    functions = patient.template.of_type("AWS::Lambda::Function").values()
    [arn] = {
        patient.concrete.value(each)
        for function in functions
        for each in function.get("Layers", [])
    }
    name = arn.partition(":layer:")[2]
    try:
        patient.account.client("lambda").get_layer_version_by_arn(Arn=arn)
    except ClientError as error:
        answer = error_answer(error)
        is_refused = answer.code in DENIED and "no resource-based policy" in answer.message
        if not is_refused and answer.code != "ResourceNotFoundException":
            raise
        return bad(f"{name} does not exist, or is not shared with this account.", _OTHER_REGION)
    return good(f"{name} is available.")


def prices(patient: Patient) -> Finding:
    """Whether the price list knows the types that Codefree knows."""
    try:
        types = patient.listed_catalog.types
    except LookupError as error:
        return unknown(f"{error} Runs use the prices in the template instead.")
    if not types:
        return bad(
            f"The price list has no known instance type for {patient.region}.", _OTHER_REGION
        )
    return good(f"{patient.listed_catalog.as_of}: {len(types)} instance types.")


def quotas(patient: Patient) -> Finding:
    """Whether the account may use the types that a run of a small pair would take."""
    try:
        choice = _choice(patient, patient.catalog)
    except BudgetTooSmall as error:
        return bad(
            str(error), "codefree deploy --param TrainingCost=… changes the budget of a run."
        )
    listed = _listed_quotas(patient)
    use = "spot training" if choice.best.spot else "training"
    wanted = {
        f"{choice.best.train.name} for {use} job usage",
        f"{choice.best.evaluate.name} for processing job usage",
    }
    known = {name: listed[name] for name in sorted(wanted) if name in listed}
    if none := [name for name, value in known.items() if value < 1]:
        return bad(
            f"The quota is 0: {', '.join(none)}. {_instead(patient, listed)}",
            "Request 1 or more: Service Quotas, Amazon SageMaker, under that name.",
        )
    if len(known) < len(wanted):
        missing = ", ".join(sorted(wanted - known.keys()))
        return unknown(f"Service Quotas does not list {missing}.", "The first run will show.")
    return good(". ".join(f"{name}: {value:g}" for name, value in known.items()))


def bucket(patient: Patient) -> Finding:
    """Whether the name is free, or the stack's own."""
    name = patient.parameters.get("BucketName")
    if not name:
        return unknown("No name was given.", "Name the new bucket: --bucket NAME")
    of_stack = patient.stack.parameters["BucketName"] if patient.stack else name
    if name != of_stack:
        return bad(
            f"The stack's bucket is {of_stack}, and a bucket can't be renamed.",
            "Omit --bucket, or choose another stack with --stack-name.",
        )
    other = "Choose another name: --bucket NAME"
    try:
        patient.account.s3.head_bucket(Bucket=name)
    except ClientError as error:
        status = error_answer(error).status
        if status == 404 and patient.stack:
            return bad(f"{name} no longer exists.", "Run codefree destroy, then deploy again.")
        if status == 404:
            return good(f"The name {name} is available.")
        if status == 301:
            return bad(f"{name} is taken, in another region.", other)
        if status != 403:
            raise
        if patient.stack:
            return unknown(f"You have no access to {name}: that requires s3:ListBucket.")
        return bad(
            f"{name} is taken, by another account or a bucket that you have no access to.", other
        )
    if patient.stack:
        return good(f"{name} belongs to the stack.")
    return bad(f"You already have {name}, and the stack creates a new bucket.", other)


def concurrency(patient: Patient) -> Finding:
    """How many functions can run at once."""
    limit = patient.account.client("lambda").get_account_settings()["AccountLimit"]
    at_once, unreserved = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    more = "Request 1,000: Service Quotas, AWS Lambda, Concurrent executions."
    if at_once < _FEWEST_AT_ONCE:
        return bad(f"{at_once} functions can run at once, which is too few.", more)
    reserved = 0 if patient.stack else _RESERVED
    if unreserved - reserved < _LEFT:
        return good(
            f"{at_once} functions can run at once: enough, but too few to reserve any.", more
        )
    return good(f"{at_once} functions can run at once.")


def _choice(patient: Patient, catalog: Catalog, forbidden: Forbidden | None = None) -> Choice:
    asked = patient.parameters
    wish = Wish(
        target=asked["TargetVariable"],
        problem_type="auto",
        eval_metric=asked["EvalMetric"],
        presets=current_preset(asked["AutoMLPresets"]),
        minutes=float(asked["TrainingMinutes"]),
        cost=float(asked["TrainingCost"]),
        spot=asked["SpotTraining"] == "true",
    )
    profile: ProfileState = {"Train": _SMALL_FILE, "Test": _SMALL_FILE}
    return choice_of(profile, wish, catalog, forbidden or Forbidden())


def _listed_quotas(patient: Patient) -> dict[str, float]:
    client = patient.account.quotas
    pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    return {q["QuotaName"]: q["Value"] for page in pages for q in page["Quotas"]}


def _instead(patient: Patient, listed: dict[str, float]) -> str:
    """What a run would take with these quotas."""
    none = [name for name, value in listed.items() if value < 1]

    def types(use: str) -> frozenset[str]:
        usage = f" for {use} job usage"
        return frozenset(name.removesuffix(usage) for name in none if name.endswith(usage))

    forbidden = Forbidden(types("training"), types("spot training"), types("processing"))
    try:
        best = _choice(patient, patient.catalog, forbidden).best
    except BudgetTooSmall:
        return "No other type fits the budget."
    return f"Until then, runs use {best.train.name} and {best.evaluate.name}."


ACCOUNT_CHECKS = (
    Check("region", region, ()),
    Check("container image", image, ("ecr:BatchGetImage",)),
    Check("pandas layer", layer, ("lambda:GetLayerVersion",)),
    Check("prices", prices, ("pricing:GetProducts",)),
    Check("quotas", quotas, ("servicequotas:ListServiceQuotas",)),
    Check("bucket", bucket, ("s3:ListBucket",)),
    Check("concurrency", concurrency, ("lambda:GetAccountSettings",)),
)
