"""SageMaker's endpoints: really run, replaced without a gap, and taken down.

Replaces moto's records of endpoints, which are InService the moment they are made.
"""

import dataclasses
import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.responses import SageMakerResponse

from lambdas.instances.catalog import known_types
from local.gaps.sagemaker.endpoint_configs import EndpointConfigs
from local.gaps.sagemaker.jobs import ResourceLimitExceeded
from local.gaps.sagemaker.models import Models
from local.gaps.sagemaker.records import Record, Records, new_arn, page
from local.gaps.sagemaker.requests import answering, asked
from local.hosting.deployment import ANSWER_SECONDS, Deployment
from local.hosting.host import Hosted, ModelHost, NotDeployed
from local.patches import add, replace

# Each has a process of its own, with its model in memory.
MOST_ENDPOINTS = 10
_MIB = 1024**2
# SageMaker AI Developer Guide, "Invoke a serverless endpoint"; API reference, InvokeEndpoint.
_SERVERLESS_BYTES, _INSTANCE_BYTES = 4 * _MIB, 6 * _MIB
# How long the container may take to answer /ping: "Invoke a serverless endpoint", and for instances
# "Custom inference code with hosting services" unless the variant says otherwise.
_SERVERLESS_SECONDS, _INSTANCE_SECONDS = 180, 480
_SERVING = {"InService", "Updating"}
_CHANGING = {"Creating", "Updating", "RollingBack", "Deleting"}

Running = list[tuple[Hosted, Deployment]]
Kept = list[dict[str, Any]]


def patch(endpoints: "Endpoints") -> None:
    """Makes moto's SageMaker have and run ``endpoints``."""
    for verb in ("create", "describe", "delete"):
        replace(SageMakerResponse, f"{verb}_endpoint", answering(getattr(endpoints, verb)))
    replace(SageMakerResponse, "list_endpoints", answering(endpoints.list))
    add(SageMakerResponse, "update_endpoint", answering(endpoints.update))


class Endpoints:
    """The account's endpoints, and what they run.

    A record's state has ``EndpointStatus``, ``EndpointConfigName`` and ``FailureReason`` as they
    are described, ``variants`` as they are described, ``deployed`` for what runs, and ``pending``
    for what an update is to run.
    """

    def __init__(
        self, records: Records, host: ModelHost, models: Models, configs: EndpointConfigs
    ) -> None:
        self._records = records
        self._host = host
        self._models = models
        self._configs = configs
        self._running: dict[str, Running] = {}
        self._changes: set[threading.Thread] = set()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Condition()
        self._is_stopped = threading.Event()

    def create(self, response: SageMakerResponse) -> ActionResult:
        """CreateEndpoint."""
        request = asked(response, "CreateEndpoint")
        name, tags = request["EndpointName"], request.pop("Tags", [])
        arn = new_arn(response, "endpoint", name)
        config = self._configs.named(response, request["EndpointConfigName"])
        if len(self._records.of_kind("Endpoint")) >= MOST_ENDPOINTS:
            raise ResourceLimitExceeded(
                f"Local mode runs at most {MOST_ENDPOINTS} endpoints, each of which keeps its "
                "model in memory. Delete one that is not needed any more."
            )
        state = _described(config) | {"EndpointStatus": "Creating"}
        state["deployed"] = self._hosted(response, arn, config)
        record = Record("Endpoint", arn, name, request, state, tags)
        if not self._records.add(record):
            raise AWSValidationException(f'Cannot create already existing endpoint "{arn}".')
        self._change(self._deploy, record)
        return ActionResult({"EndpointArn": arn})

    def update(self, response: SageMakerResponse) -> ActionResult:
        """UpdateEndpoint: the new variants serve before the old ones go."""
        request = asked(response, "UpdateEndpoint")
        record = self.named(response, request["EndpointName"])
        config = self._configs.named(response, request["EndpointConfigName"])
        new = _described(config) | {"deployed": self._hosted(response, record.arn, config)}
        with self._lock:
            if record.state["EndpointStatus"] != "InService":
                how = "in-progress" if record.state["EndpointStatus"] in _CHANGING else "failed"
                raise AWSValidationException(f'Cannot update {how} endpoint "{record.arn}".')
            self._records.note(record, EndpointStatus="Updating", FailureReason=None, pending=new)
        self._change(self._replace, record)
        return ActionResult({"EndpointArn": record.arn})

    def describe(self, response: SageMakerResponse) -> ActionResult:
        """DescribeEndpoint."""
        record = self.named(response, asked(response, "DescribeEndpoint")["EndpointName"])
        state = record.state
        described = _summary(record) | {
            "EndpointConfigName": state["EndpointConfigName"],
            "FailureReason": state.get("FailureReason"),
        }
        if state["EndpointStatus"] not in ("Creating", "Failed"):
            described["ProductionVariants"] = state["variants"]
        if pending := state.get("pending"):
            described["PendingDeploymentSummary"] = {
                "EndpointConfigName": pending["EndpointConfigName"],
                "ProductionVariants": pending["variants"],
                "StartTime": record.modified,
            }
        return ActionResult({k: v for k, v in described.items() if v is not None})

    def list(self, response: SageMakerResponse) -> ActionResult:
        """ListEndpoints."""
        request = asked(response, "ListEndpoints")
        wanted = request.get("StatusEquals")
        found = [
            record
            for record in self._records.of(response, "Endpoint")
            if wanted in (None, record.state["EndpointStatus"])
        ]
        return ActionResult(page(found, request, _summary, "Endpoints"))

    def delete(self, response: SageMakerResponse) -> EmptyResult:
        """DeleteEndpoint: requests under way are answered first."""
        record = self.named(response, asked(response, "DeleteEndpoint")["EndpointName"])
        with self._lock:
            if record.state["EndpointStatus"] in _CHANGING:
                raise AWSValidationException(f'Cannot update in-progress endpoint "{record.arn}".')
            self._records.note(record, EndpointStatus="Deleting")
        self._change(self._delete, record)
        return EmptyResult()

    def named(self, response: SageMakerResponse, name: str) -> Record:
        """The endpoint of that name.

        Raises:
            AWSValidationException: there is none.
        """
        record = self._records.find(response, "Endpoint", name)
        if record is None:
            arn = new_arn(response, "endpoint", name)
            raise AWSValidationException(f'Could not find endpoint "{arn}".')
        return record

    def running(self, endpoint: Record, variant: str | None) -> tuple[Hosted, Deployment] | None:
        """What answers the next request: the variant, or one of them by their weights.

        Waits for an endpoint that is InService and starts again after a restart of local mode.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._is_decided(endpoint), ANSWER_SECONDS)
            running = self._running.get(endpoint.arn, [])
            found = [each for each in running if variant in (None, each[0].variant)]
        if not found:
            return None
        weights = [model.weight for model, _ in found]
        # A variant that is asked for by name answers whatever its weight is.
        return random.choices(found, weights if any(weights) else None)[0]

    def _is_decided(self, endpoint: Record) -> bool:
        is_serving = endpoint.state["EndpointStatus"] in _SERVING and not self._is_stopped.is_set()
        return endpoint.arn in self._running or not is_serving

    def resume(self) -> None:
        """Runs again what ran when local mode ended; returns at once."""
        records = self._records.of_kind("Endpoint")
        for record in records:
            status = record.state["EndpointStatus"]
            if status == "Creating":
                self._change(self._deploy, record)
            elif status == "Deleting":
                self._change(self._delete, record)
            elif status != "Failed":
                if record.state.get("pending"):
                    self._records.note(
                        record,
                        EndpointStatus="InService",
                        pending=None,
                        FailureReason="Local mode ended during the update. Update it again.",
                    )
                self._change(self._revive, record)

    def folders(self) -> set[str]:
        """The folders of all that is to run on."""
        return {
            model["folder"]
            for record in self._records.of_kind("Endpoint")
            if record.state["EndpointStatus"] not in ("Creating", "Deleting", "Failed")
            for model in record.state["deployed"]
        }

    def stop(self, *, keep: bool) -> None:
        """Ends all processes; with ``keep`` what they need to be started again stays."""
        self._is_stopped.set()
        with self._lock:
            self._running.clear()
            self._lock.notify_all()
        self._host.stop_all(keep_folders=keep)
        for thread in tuple(self._changes):
            thread.join()

    def _hosted(self, response: SageMakerResponse, arn: str, config: Record) -> Kept:
        """What the configuration says is to run, as it is now."""
        made = []
        for variant in config.request["ProductionVariants"]:
            model = self._models.named(response, variant["ModelName"])
            container = self._models.container(response, model)
            hosted = Hosted(
                endpoint=arn,
                variant=variant["VariantName"],
                weight=variant.get("InitialVariantWeight", 1.0),
                role=config.request.get("ExecutionRoleArn", model.request["ExecutionRoleArn"]),
                image=container["Image"],
                url=container["ModelDataUrl"],
                environment=container.get("Environment", {}),
                folder=uuid.uuid4().hex,
                **_limits(variant),
            )
            made.append(dataclasses.asdict(hosted))
        return made

    def _change(self, change: Callable[[Record], None], record: Record) -> None:
        """Makes a change in a thread of its own, after those of the same endpoint before it."""

        def run() -> None:
            try:
                with self._turns[record.arn]:
                    change(record)
            finally:
                self._changes.discard(thread)

        thread = threading.Thread(target=run, name=record.name, daemon=True)
        self._changes.add(thread)
        thread.start()

    def _deploy(self, record: Record) -> None:
        models = [Hosted.of(kept) for kept in record.state["deployed"]]
        try:
            running = self._all_deployed(models)
        except NotDeployed as error:
            self._failed(record, "Failed", str(error))
            return
        self._serve(record, running, EndpointStatus="InService")

    def _replace(self, record: Record) -> None:
        pending = record.state["pending"]
        old = self._running.get(record.arn, [])
        try:
            new = self._all_deployed([Hosted.of(kept) for kept in pending["deployed"]])
        except NotDeployed as error:
            self._failed(record, "InService", str(error), pending=None)
            return
        self._serve(record, new, EndpointStatus="InService", pending=None, **pending)
        for model, _ in old:
            self._host.retire(model)

    def _revive(self, record: Record) -> None:
        try:
            running = [
                (model, self._host.revived(model))
                for model in map(Hosted.of, record.state["deployed"])
            ]
        except NotDeployed as error:
            self._failed(record, "Failed", str(error))
            return
        self._serve(record, running)

    def _delete(self, record: Record) -> None:
        with self._lock:
            self._running.pop(record.arn, None)
        for model in map(Hosted.of, record.state["deployed"]):
            self._host.retire(model)
        self._records.remove(record)

    def _all_deployed(self, models: Iterable[Hosted]) -> Running:
        running: Running = []
        try:
            for model in models:
                running.append((model, self._host.deployed(model)))
        except NotDeployed:
            for model, _ in running:
                self._host.retire(model)
            raise
        return running

    def _serve(self, record: Record, running: Running, **state: Any) -> None:
        with self._lock:
            self._running[record.arn] = running
            if state:
                self._records.note(record, **state)
            self._lock.notify_all()

    def _failed(self, record: Record, status: str, reason: str, **state: Any) -> None:
        # What local mode itself has ended goes on at its next start.
        if not self._is_stopped.is_set():
            with self._lock:
                told = {"EndpointStatus": status, "FailureReason": reason[:1024]}
                self._records.note(record, **told | state)
                self._lock.notify_all()


def _limits(variant: dict[str, Any]) -> dict[str, Any]:
    """What a variant's process may take, as :class:`Hosted` has it."""
    if serverless := variant.get("ServerlessConfig"):
        return {
            "memory_mb": serverless["MemorySizeInMB"],
            "most_bytes": _SERVERLESS_BYTES,
            "ready_seconds": _SERVERLESS_SECONDS,
        }
    known = known_types().get(variant["InstanceType"])
    asked_for = variant.get("ContainerStartupHealthCheckTimeoutInSeconds", _INSTANCE_SECONDS)
    return {
        "memory_mb": known["memory_gib"] * 1024 if known else float("inf"),
        "most_bytes": _INSTANCE_BYTES,
        "ready_seconds": asked_for,
    }


def _described(config: Record) -> dict[str, Any]:
    """The state of an endpoint that runs the configuration."""
    variants = []
    for variant in config.request["ProductionVariants"]:
        weight = variant.get("InitialVariantWeight", 1.0)
        told = {
            "VariantName": variant["VariantName"],
            "CurrentWeight": weight,
            "DesiredWeight": weight,
        }
        if serverless := variant.get("ServerlessConfig"):
            told |= {"CurrentServerlessConfig": serverless, "CurrentInstanceCount": 0}
        else:
            count = variant["InitialInstanceCount"]
            told |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
        variants.append(told)
    return {"EndpointConfigName": config.name, "variants": variants}


def _summary(record: Record) -> dict[str, Any]:
    return {
        "EndpointName": record.name,
        "EndpointArn": record.arn,
        "CreationTime": record.created,
        "LastModifiedTime": record.modified,
        "EndpointStatus": record.state["EndpointStatus"],
    }
