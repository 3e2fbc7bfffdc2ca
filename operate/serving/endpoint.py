"""One dataset's endpoint: made, given another model without a gap, looked at, and taken down.

Sources: API reference, CreateEndpoint, UpdateEndpoint ("there is no availability loss"; the new
configuration needs another name, and the old one stays until the update is over),
DescribeEndpoint. An endpoint that could not be updated goes on with what it had.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.endpoints import tags as tag
from lambdas.endpoints.name import new_part_name
from lambdas.endpoints.removal import delete_parts, is_not_found, take_down
from lambdas.endpoints.tags import end_of, read_tags, tag_list, time_text
from lambdas.errors import KeptDataBroken
from lambdas.uploads.dataset import Dataset
from operate.account import CannotDo
from operate.language import spoken
from operate.serving.hosting import Hosting, OnInstance
from operate.serving.model import ServedModel
from operate.serving.stack_settings import StackSettings

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

POLL_SECONDS = 2.0
# "We recommend retry logic": a configuration is not seen everywhere at once (CreateEndpoint).
_TRIES = 10
_UNDER_WAY = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
_IN_SERVICE = "InService"
_VARIANT = "all"


@dataclass(frozen=True)
class EndpointNow:
    """An endpoint as it stands; ``status`` is SageMaker's own word.

    ``part`` is the name of its configuration and its model, ``run`` the run of that model.
    ``instance`` is the type that it is on, and ``memory_gb`` that of a serverless one.
    """

    status: str
    arn: str
    part: str
    run: str
    instance: str | None
    memory_gb: int | None
    why_failed: str
    tags: dict[str, str]
    until: datetime | None

    def spent_usd(self, now: datetime) -> float:
        """What it has cost so far, as far as it is paid for by the hour."""
        since = self.tags.get(tag.SINCE)
        hours = (now - datetime.fromisoformat(since)) / timedelta(hours=1) if since else 0.0
        return float(self.tags.get(tag.SPENT, 0)) + self.usd_per_hour * hours

    @property
    def is_under_way(self) -> bool:
        """Whether it is just being made, changed or deleted."""
        return self.status in _UNDER_WAY

    @property
    def usd_per_hour(self) -> float:
        """What an hour of it costs."""
        return float(self.tags.get(tag.PRICE, 0))


@dataclass(frozen=True)
class Endpoint:
    """The endpoint called ``name``, whether or not there is one."""

    sagemaker: "SageMakerClient"
    settings: StackSettings
    name: str

    def now(self) -> EndpointNow | None:
        """The endpoint as it stands; None where there is none."""
        try:
            found: Any = self.sagemaker.describe_endpoint(EndpointName=self.name)
            # One that is being deleted may be gone by now.
            tags = read_tags(self.sagemaker, found["EndpointArn"])
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        part = found.get("EndpointConfigName", "")
        variant, run = self._part(part)
        serverless = variant.get("ServerlessConfig")
        return EndpointNow(
            status=found["EndpointStatus"],
            arn=found["EndpointArn"],
            part=part,
            run=run,
            instance=variant.get("InstanceType"),
            memory_gb=serverless["MemorySizeInMB"] // 1024 if serverless else None,
            why_failed=found.get("FailureReason", ""),
            tags=tags,
            until=self._until(tags),
        )

    def settled(self) -> EndpointNow | None:
        """The endpoint once nothing is under way with it."""
        while (now := self.now()) and now.is_under_way:
            time.sleep(POLL_SECONDS)
        return now

    def serve(self, model: ServedModel, hosting: Hosting) -> EndpointNow:
        """Puts the model behind the endpoint: a new one, or one that answers all the while.

        Raises:
            CannotDo: it could not be done; what was there before is as it was.
        """
        before = self.settled()
        if before and before.status != _IN_SERVICE:  # what is broken can't be updated
            self.stop()
            before = None
        part = new_part_name(self.name)
        try:
            self._create_part(part, model, hosting)
            self._start(part, model, hosting, before)
            after = self.settled()
        except ClientError:
            self._undo(self.now(), before)
            raise
        if after is None or after.status != _IN_SERVICE or after.part != part:
            self._undo(after, before)
            raise CannotDo(self._failed(after, before))
        delete_parts(self.sagemaker, self.name, kept=frozenset({part}))
        return after

    def put_off(self, now: EndpointNow, until: datetime) -> None:
        """Gives the endpoint, which is as it was otherwise, another end."""
        self._tag(now.arn, {tag.UNTIL: time_text(until)})

    def stop(self) -> None:
        """Takes the endpoint down, with what was made for it, and waits until it is gone."""
        while not take_down(self.sagemaker, self.name):
            self.settled()
        while self.now():
            time.sleep(POLL_SECONDS)

    def _create_part(self, part: str, model: ServedModel, hosting: Hosting) -> None:
        settings, tags = self.settings, tag_list(self._tags(model))
        self.sagemaker.create_model(
            ModelName=part,
            ExecutionRoleArn=settings.role,
            PrimaryContainer={
                "Image": settings.image,
                "ModelDataUrl": f"s3://{settings.bucket}/{model.key}",
            },
            Tags=tags,
            **settings.model_request(),
        )
        variant: Any = {"VariantName": _VARIANT, "ModelName": part, **hosting.variant()}
        request: dict[str, Any] = {}
        if settings.key and isinstance(hosting, OnInstance) and hosting.takes_key:
            request["KmsKeyId"] = settings.key
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=part, ProductionVariants=[variant], Tags=tags, **request
        )

    def _start(
        self, part: str, model: ServedModel, hosting: Hosting, before: EndpointNow | None
    ) -> None:
        now = datetime.now(UTC)
        tags = self._tags(model) | {
            tag.PRICE: f"{hosting.usd_per_hour:g}",
            tag.SINCE: time_text(now),
            tag.SPENT: f"{before.spent_usd(now) if before else 0:.4f}",
        }
        if hosting.until:
            tags[tag.UNTIL] = time_text(hosting.until)
        if before:
            # First, so that there is no moment at which it costs more and has no end.
            self._tag(before.arn, tags)
        for tries_left in reversed(range(_TRIES)):
            try:
                if before:
                    self.sagemaker.update_endpoint(EndpointName=self.name, EndpointConfigName=part)
                else:
                    self.sagemaker.create_endpoint(
                        EndpointName=self.name, EndpointConfigName=part, Tags=tag_list(tags)
                    )
            except ClientError as error:
                if not (is_not_found(error) and tries_left):
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return

    def _undo(self, after: EndpointNow | None, before: EndpointNow | None) -> None:
        """Leaves what was there before, and nothing else."""
        if before is None:
            self.stop()
            return
        parts = {now.part for now in (before, after) if now}
        delete_parts(self.sagemaker, self.name, kept=frozenset(parts))
        if after and after.status == _IN_SERVICE:  # what may cost more than before keeps its end
            self._tag(before.arn, before.tags)
            if tag.UNTIL not in before.tags:
                self.sagemaker.delete_tags(ResourceArn=before.arn, TagKeys=[tag.UNTIL])

    def _failed(self, after: EndpointNow | None, before: EndpointNow | None) -> str:
        why = after.why_failed.rstrip(".") if after else ""
        told = spoken(
            "The endpoint {name} could not be started: {why} Its log is in CloudWatch, in the log "
            "group /aws/sagemaker/Endpoints/{name}.",
            name=self.name,
            why=why + "." if why else spoken("SageMaker gives no reason."),
        )
        left = (
            spoken("It goes on with the model of the run {run}.", run=before.run)
            if before
            else spoken("It was taken down again, so it costs nothing.")
        )
        return f"{told} {left}"

    def _tags(self, model: ServedModel) -> dict[str, str]:
        slug = Dataset(model.dataset).job_slug
        return {tag.STACK: self.settings.stack, tag.DATASET: slug, tag.RUN: model.run}

    def _tag(self, arn: str, tags: dict[str, str]) -> None:
        self.sagemaker.add_tags(ResourceArn=arn, Tags=tag_list(tags))

    def _until(self, tags: dict[str, str]) -> datetime | None:
        """The end; None also where somebody has changed it to something else."""
        try:
            return end_of(tags, self.name)
        except KeptDataBroken:
            return None

    def _part(self, part: str) -> tuple[dict[str, Any], str]:
        """The production variant of a configuration, and the run of its model."""
        try:
            config: Any = self.sagemaker.describe_endpoint_config(EndpointConfigName=part)
            [variant] = config["ProductionVariants"]
            return variant, read_tags(self.sagemaker, config["EndpointConfigArn"])[tag.RUN]
        except ClientError as error:
            if not is_not_found(error):
                raise
            return {}, ""
