"""One dataset's endpoint: made, given another model without a gap, looked at, and taken down.

Sources: API reference, CreateEndpoint, UpdateEndpoint ("there is no availability loss"; the new
configuration needs another name, and the old one stays until the update is over),
DescribeEndpoint. An endpoint that could not be updated goes on with what it had.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.endpoints import tags as tag
from lambdas.endpoints.name import new_part_name
from lambdas.endpoints.removal import UNDER_WAY, delete_parts, is_not_found, take_down
from lambdas.endpoints.tags import end_of, read_tags, tag_list, time_text
from lambdas.errors import KeptDataBroken
from lambdas.uploads.dataset import Dataset
from operate.account import CannotDo
from operate.language import spoken
from operate.serving.hosting import Hosting, OnInstance
from operate.serving.model import ServedModel
from operate.serving.stack_settings import StackSettings
from operate.serving.tagged_cost import spent_usd, usd_per_hour

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

POLL_SECONDS = 2.0
# "We recommend retry logic": a configuration is not seen everywhere at once (CreateEndpoint).
_TRIES = 10
_IN_SERVICE = "InService"
_VARIANT = "all"


@dataclass(frozen=True)
class EndpointNow:
    """An endpoint as it stands; ``status`` is SageMaker's own word.

    ``part`` is the name of its configuration and its model, ``run`` the run of that model: empty
    where somebody has made the configuration by hand, so that it can't be told. ``instance`` is the
    type that it is on, and ``memory_gb`` that of a serverless one.
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

    def spent_usd(self, now: datetime) -> float | None:
        """What it has cost so far by the hour; None where its tags don't tell it."""
        return spent_usd(self.tags, now)

    @property
    def is_under_way(self) -> bool:
        """Whether it is just being made, changed or deleted."""
        return self.status in UNDER_WAY

    @property
    def usd_per_hour(self) -> float | None:
        """What an hour of it costs; None where its tags don't tell it."""
        return usd_per_hour(self.tags)


@dataclass(frozen=True)
class Endpoint:
    """The endpoint called ``name``, whether or not there is one."""

    sagemaker: "SageMakerClient"
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
        self._wait()
        return self.now()

    def serve(self, settings: StackSettings, model: ServedModel, hosting: Hosting) -> EndpointNow:
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
            self._create_part(settings, part, model, hosting)
            self._start(settings, part, model, hosting, before)
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

    def stop(self) -> bool:
        """Takes the endpoint down, with what was made for it, and waits until it is gone.

        Nothing that somebody has changed of it is read.

        Returns:
            Whether there was one.
        """
        was_there = self._status() is not None
        while not take_down(self.sagemaker, self.name):
            self._wait()
        while self._status():
            time.sleep(POLL_SECONDS)
        return was_there

    def _status(self) -> str | None:
        """SageMaker's word for how it stands; None where there is none."""
        try:
            return self.sagemaker.describe_endpoint(EndpointName=self.name)["EndpointStatus"]
        except ClientError as error:
            if is_not_found(error):
                return None
            raise

    def _wait(self) -> None:
        """Until nothing is under way with the endpoint."""
        while self._status() in UNDER_WAY:
            time.sleep(POLL_SECONDS)

    def _create_part(
        self, settings: StackSettings, part: str, model: ServedModel, hosting: Hosting
    ) -> None:
        tags = tag_list(_tags(settings, model))
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
        self,
        settings: StackSettings,
        part: str,
        model: ServedModel,
        hosting: Hosting,
        before: EndpointNow | None,
    ) -> None:
        now = datetime.now(UTC)
        spent = before.spent_usd(now) if before else None
        tags = _tags(settings, model) | {
            tag.PRICE: f"{hosting.usd_per_hour:g}",
            tag.SINCE: time_text(now),
            tag.SPENT: f"{spent or 0:.4f}",
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
            self._tag_as_before(before)

    def _tag_as_before(self, before: EndpointNow) -> None:
        """Gives it the tags that it had, of those that :meth:`_start` sets."""
        tags = {key: before.tags[key] for key in tag.KEYS if key in before.tags}
        if tags:
            self._tag(before.arn, tags)
        if added := [key for key in tag.KEYS if key not in tags]:
            self.sagemaker.delete_tags(ResourceArn=before.arn, TagKeys=added)

    def _failed(self, after: EndpointNow | None, before: EndpointNow | None) -> str:
        why = after.why_failed.rstrip(".") if after else ""
        told = spoken(
            "The endpoint {name} could not be started: {why} Its log is in CloudWatch, in the log "
            "group /aws/sagemaker/Endpoints/{name}.",
            name=self.name,
            why=why + "." if why else spoken("SageMaker gives no reason."),
        )
        if before is None:
            left = spoken("It was taken down again, so it costs nothing.")
        elif before.run:
            left = spoken("It goes on with the model of the run {run}.", run=before.run)
        else:
            left = spoken("It goes on with what it had.")
        return f"{told} {left}"

    def _tag(self, arn: str, tags: dict[str, str]) -> None:
        self.sagemaker.add_tags(ResourceArn=arn, Tags=tag_list(tags))

    def _until(self, tags: dict[str, str]) -> datetime | None:
        """The end; None also where somebody has changed it to something else."""
        try:
            return end_of(tags, self.name)
        except KeptDataBroken:
            return None

    def _part(self, part: str) -> tuple[Any, str]:
        """The production variant of a configuration, and the run of its model.

        Of several, which only somebody else can have made, it is the first, and no run's.
        """
        try:
            config: Any = self.sagemaker.describe_endpoint_config(EndpointConfigName=part)
            tags = read_tags(self.sagemaker, config["EndpointConfigArn"])
        except ClientError as error:
            if not is_not_found(error):
                raise
            return {}, ""
        variant, *others = config["ProductionVariants"]
        return variant, "" if others else tags.get(tag.RUN, "")


def _tags(settings: StackSettings, model: ServedModel) -> dict[str, str]:
    slug = Dataset(model.dataset).job_slug
    return {tag.STACK: settings.stack, tag.DATASET: slug, tag.RUN: model.run}
