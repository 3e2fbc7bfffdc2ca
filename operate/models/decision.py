"""What a person decides about a model: it is approved, or rejected."""

from lambdas.bucket.bucket import Bucket
from lambdas.models.registry import RegisteredModel, approve_model, reject_model
from operate.models.registered_models import usable_archive
from operate.place import Place


def approve(place: Place, model: RegisteredModel, why: str) -> None:
    """Has the model predict from now on, in place of the approved one.

    Args:
        place: the stack.
        model: one of its models.
        why: what is said of it in the registry.

    Raises:
        CannotDo: it could not be loaded, so it can't predict.
    """
    usable_archive(Bucket(place.account.bucket(place.stack), place.account.s3), model)
    approve_model(place.account.sagemaker, place.stack, model, why)


def reject(place: Place, model: RegisteredModel, why: str) -> None:
    """Has the model predict no more. No other is approved in its place."""
    reject_model(place.account.sagemaker, model, why)
