"""What is examined: a template, the account it goes to, and the stack there, if there is one."""

from dataclasses import dataclass
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.price_list import catalog_of, fetch_prices
from operate.account import DENIED, Account, CannotDo
from operate.doctor.concrete import Concrete
from operate.doctor.template import Template
from operate.error_answer import error_answer
from operate.stack.deployment import Deployment, StackNow

_WHOLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    arn: str
    account: str

    @property
    def partition(self) -> str:
        """The part of AWS that the account is of: aws, aws-cn, aws-us-gov."""
        return self.arn.split(":")[1]


@dataclass(frozen=True)
class Patient:
    """The place, the template, and the parameters that were ``said`` with the command.

    ``options`` takes another command to the same stack. What was asked once is kept.
    """

    account: Account
    stack_name: str
    template: Template
    said: dict[str, str]
    options: str = ""

    @cached_property
    def caller(self) -> Caller:
        """Who asks; nobody lacks the right to know that."""
        identity = self.account.client("sts").get_caller_identity()
        return Caller(identity["Arn"], identity["Account"])

    @cached_property
    def region(self) -> str:
        """The region that is asked about."""
        return str(self.account.cloudformation.meta.region_name)

    @cached_property
    def stack(self) -> StackNow | None:
        """The stack as it stands; None where there is none, or it may not be seen."""
        try:
            return self.described_stack()
        except ClientError as error:
            if error_answer(error).code not in DENIED:
                raise
            return None

    def described_stack(self) -> StackNow | None:
        """The same, asked anew; None where there is none, or no more than a plan of one.

        Raises:
            ClientError: it may not be seen.
        """
        account = self.account
        deployment = Deployment(self.stack_name, account.cloudformation, account.s3, account.states)
        found = deployment.now()
        return None if found and found.status == "REVIEW_IN_PROGRESS" else found

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that count: what was said, else the stack's, else the defaults."""
        of_stack = self.stack.parameters if self.stack else {}
        return self.template.parameters | of_stack | self.said

    @property
    def concrete(self) -> Concrete:
        """The template in this place."""
        return Concrete(
            self.template,
            self.parameters,
            self.caller.account,
            self.caller.partition,
            self.region,
            self.stack_name,
        )

    @cached_property
    def resources(self) -> dict[str, str]:
        """What the stack has made, and not deleted again: physical by logical names."""
        pages = self.account.cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=self.stack_name
        )
        return {
            made["LogicalResourceId"]: made["PhysicalResourceId"]
            for page in pages
            for made in page["StackResourceSummaries"]
            if made.get("PhysicalResourceId") and made["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def resource(self, name: str) -> str:
        """The physical name of one of them.

        Raises:
            CannotDo: the stack has none of that name.
        """
        if name in self.resources:
            return self.resources[name]
        status = self.stack.status if self.stack else "not deployed"
        if status not in _WHOLE:
            raise CannotDo(f"The stack has no {name} because it is {status}.")
        raise CannotDo(f"The stack has no {name}: another version of Codefree deployed it.")

    @cached_property
    def listed_catalog(self) -> Catalog:
        """The types of the region at the prices that AWS lists.

        Raises:
            ClientError, BotoCoreError: the price list can't be read.
            LookupError: it has no prices for the region.
        """
        pricing = self.account.pricing
        return catalog_of(fetch_prices(pricing, self.region), self.region)

    @property
    def catalog(self) -> Catalog:
        """The same; the template's own prices where they can't be had."""
        try:
            return self.listed_catalog
        except (BotoCoreError, ClientError, LookupError):
            return snapshot_catalog(self.region)
