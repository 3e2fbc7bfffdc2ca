"""The stack that is made for the trials alone, and removed with all that is in it.

The column to predict, the minutes and the limits are a stack's parameters, and the training code is
a bucket's: in a stack where people work all of them would be changed for the others.
"""

import secrets
from dataclasses import dataclass, replace

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import CannotDo
from operate.error_answer import reason_of
from operate.smoke.estimate import WISH, Estimate
from operate.stack.deployment import Deployment, Show, StackNow

# DeleteObjects takes a thousand at once (Amazon S3 API reference).
_AT_ONCE = 1000


@dataclass(frozen=True)
class OwnStack:
    """The stack, the bucket that it gets, and how its commands are to be told the place."""

    deployment: Deployment
    bucket: str
    options: str

    @property
    def by_hand(self) -> str:
        """How to be rid of it with another command."""
        return f"codefree destroy --yes{self.options}"

    def refuse_if_there(self) -> None:
        """Makes sure that no stack of this name is there.

        Raises:
            CannotDo: there is one, which may hold the runs of another smoke.
        """
        if found := self.deployment.now():
            raise CannotDo(
                f"The stack {self.deployment.stack} already exists ({found.status}), from a smoke "
                "test that is running or was interrupted. If none is running, delete it with: "
                f"{self.by_hand}"
            )

    def made(self, template: str, wanted: dict[str, str], show: Show) -> StackNow:
        """The stack as CloudFormation has made it.

        Raises:
            CannotDo: it could not be made; the text says why.
        """
        made = self.deployment.deploy(template, wanted | {"BucketName": self.bucket}, show)
        if made is None:
            raise CannotDo(f"CloudFormation did not create the stack {self.deployment.stack}.")
        return made

    def remove(self, show: Show) -> str:
        """Deletes the stack, its runs and its bucket, as far as they are there.

        Returns:
            what is left and how to be rid of it; empty where nothing is.
        """
        others = ""
        try:
            if found := self.deployment.now():
                if self._is_ours(found):
                    self.deployment.destroy(show)
                else:
                    others = (
                        f"The stack {self.deployment.stack} belongs to another smoke test, with "
                        "another bucket, and was kept."
                    )
            # A creation that was cut off leaves the bucket, and nothing that would delete it.
            if self.deployment.has_bucket(self.bucket):
                self._remove_bucket()
        except (CannotDo, BotoCoreError, ClientError) as reason:
            return (
                f"{reason_of(reason)} To delete the rest, run {self.by_hand} and look in the S3 "
                f"console for the bucket {self.bucket}."
            )
        return others

    def _is_ours(self, found: StackNow) -> bool:
        """Whether it has our bucket, whose name nobody else has drawn."""
        if found.status == "REVIEW_IN_PROGRESS":
            return self.bucket in self.deployment.planned_buckets()
        return found.parameters.get("BucketName") == self.bucket

    def _remove_bucket(self) -> None:
        s3 = self.deployment.s3
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, PaginationConfig={"PageSize": _AT_ONCE}
        )
        for page in pages:
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            for version in found:
                s3.delete_object(
                    Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"]
                )
        s3.delete_bucket(Bucket=self.bucket)


def bucket_name() -> str:
    """A name that nobody in the world has, as a bucket's must be."""
    return f"codefree-smoke-{secrets.token_hex(6)}"


def parameters(estimate: Estimate, wanted: dict[str, str]) -> dict[str, str]:
    """The stack's parameters: the trials' own, and what the person ``wanted`` besides.

    Raises:
        CannotDo: the person wanted another value for one of the trials' own.
    """
    own = {
        **replace(WISH, cost=estimate.run).as_parameters(),
        "DataRetention": "Delete",
        "DailyCostLimit": f"{estimate.most:.2f}",
        "MonthlyCostLimit": f"{estimate.most:.2f}",
    }
    if taken := sorted({*own, "BucketName", "SpotTraining"} & wanted.keys()):
        raise CannotDo(f"codefree smoke sets {', '.join(taken)} itself. Omit it.")
    # A fourth dashboard of an account would cost something.
    return {"Dashboard": "false"} | wanted | own
