"""``codefree serve``: a dataset's model behind an endpoint."""

from datetime import UTC, datetime
from shlex import quote
from typing import Annotated

import typer
from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.endpoints.name import endpoint_name
from lambdas.instances.hosting_prices import instance_price, serverless_price
from lambdas.uploads.dataset import normal_name
from operate.account import CannotDo
from operate.language import spoken
from operate.language_option import in_language
from operate.models.registered_models import RUN_OR_VERSION
from operate.place import Place, in_place
from operate.serving.end import chosen_end, local_text
from operate.serving.endpoint import Endpoint, EndpointNow
from operate.serving.endpoint_lines import endpoint_lines
from operate.serving.hosting import (
    Hosting,
    OnInstance,
    Serverless,
    memory_for,
    require_usable_instance,
)
from operate.serving.model import ServedModel, model_to_serve
from operate.serving.request_lines import request_lines
from operate.serving.stack_settings import StackSettings
from operate.terminal import fail, told
from operate.visible_text import shown


@in_language
@in_place
def serve(
    place: Place,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")],
    model: Annotated[
        str | None,
        typer.Option(
            metavar=RUN_OR_VERSION, help="Serve this run's model, instead of the approved one."
        ),
    ] = None,
    instance: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE",
            help="Serve on an instance such as ml.m5.large, paid by the hour until an end.",
        ),
    ] = None,
    hours: Annotated[
        float | None, typer.Option(min=0.05, help="Take the endpoint down after so many hours.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Take it down at this time, as 2026-03-05T18:00."),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Show the endpoint, and lines that ask it.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Take the endpoint down; it costs nothing more.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
) -> None:
    """Put the approved model behind an endpoint. Serverless costs nothing while idle."""
    dataset = normal_name(name)
    endpoint = Endpoint(place.account.sagemaker, endpoint_name(place.stack, dataset))
    if stop:
        _stop(place, endpoint, dataset)
    elif show:
        _show(place, endpoint, dataset, endpoint.now())
    else:
        end = chosen_end(hours, until, datetime.now(UTC))
        _serve(place, endpoint, dataset, model, instance, end, yes)


def _serve(
    place: Place,
    endpoint: Endpoint,
    dataset: str,
    asked: str | None,
    instance: str | None,
    end: datetime | None,
    yes: bool,
) -> None:
    settings = StackSettings.of(place)
    bucket = Bucket(settings.bucket, place.account.s3)
    now = endpoint.now()
    if now and now.is_under_way:
        told(spoken("Waiting for the endpoint, which is {status}.", status=now.status))
        now = endpoint.settled()
    before = now if now and now.status == "InService" else None
    model = model_to_serve(place, bucket, dataset, asked)
    hosting = _hosting(place, settings, model, before, instance, end)
    if before and _is_same(before, model, hosting):
        told(spoken("The model of the run {run} is served already.", run=model.run))
        if hosting.until and hosting.until != before.until:
            _confirm(hosting, yes)
            endpoint.put_off(before, hosting.until)
            told(spoken("Its new end is {until}.", until=local_text(hosting.until)))
        return
    _confirm(hosting, yes or _costs_as_before(before, hosting))
    told(_beginning(before))
    after = endpoint.serve(settings, model, hosting)
    told(spoken("{dataset} is served by the run {run}.", dataset=shown(dataset), run=model.run))
    _show(place, endpoint, dataset, after)


def _beginning(before: EndpointNow | None) -> str:
    if before is None:
        return spoken("Starting the endpoint; that takes some minutes on AWS.")
    if before.run:
        return spoken(
            "Replacing the model of the run {run}; requests are answered.", run=before.run
        )
    return spoken("Replacing what is behind the endpoint; requests are answered.")


def _hosting(
    place: Place,
    settings: StackSettings,
    model: ServedModel,
    before: EndpointNow | None,
    instance: str | None,
    end: datetime | None,
) -> Hosting:
    """What the model is to be served by: as before where nothing else is said."""
    region, pricing = place.account.sagemaker.meta.region_name, place.account.pricing
    instance = instance or (before.instance if before else None)
    until = end or (before.until if before else None)
    if instance is None:
        if settings.is_private:
            raise CannotDo(
                spoken(
                    "The stack keeps its jobs in a VPC or without network access, and a serverless "
                    "endpoint can't be kept so. Use an instance: --instance ml.m5.large --hours 2"
                )
            )
        memory_gb = memory_for(model.bytes)
        return Serverless(memory_gb, serverless_price(pricing, region, memory_gb), until)
    require_usable_instance(instance)
    if until is None:
        raise CannotDo(
            spoken(
                "An instance is paid for by the hour until it is taken down, so it needs an end: "
                "--hours 2, or --until 2026-03-05T18:00."
            )
        )
    price = instance_price(pricing, region, instance)
    if price is None:
        raise CannotDo(
            spoken(
                "There is no price for an endpoint on {instance} in {region}, so the type is not "
                "offered there, or its price can't be told. Choose another, such as ml.m5.large.",
                instance=instance,
                region=region,
            )
        )
    return OnInstance(instance, price, until)


def _is_same(before: EndpointNow, model: ServedModel, hosting: Hosting) -> bool:
    """Whether the endpoint is what is asked for, but perhaps for its end."""
    if before.run != model.run:
        return False
    if isinstance(hosting, OnInstance):
        return before.instance == hosting.instance
    return before.memory_gb == hosting.memory_gb


def _costs_as_before(before: EndpointNow | None, hosting: Hosting) -> bool:
    return (
        before is not None
        and isinstance(hosting, OnInstance)
        and (before.instance, before.until) == (hosting.instance, hosting.until)
    )


def _confirm(hosting: Hosting, yes: bool) -> None:
    """Says what it costs; asks first where it costs something without requests."""
    if isinstance(hosting, Serverless):
        told("\n".join(hosting.sentences()))
        return
    told("\n".join(hosting.sentences(datetime.now(UTC))))
    if not yes and not typer.confirm(spoken("Continue?")):
        fail(spoken("Aborted."))


def _stop(place: Place, endpoint: Endpoint, dataset: str) -> None:
    cost = _cost(endpoint)
    if not endpoint.stop():
        place.account.bucket(place.stack)  # of a stack that there is
        told(
            spoken(
                "{dataset} has no endpoint: there is nothing that costs money.",
                dataset=shown(dataset),
            )
        )
        return
    sentences = [spoken("The endpoint {name} was taken down.", name=endpoint.name)]
    if cost:
        sentences.append(spoken("It has cost about {usd:.2f} USD.", usd=cost))
    told(" ".join(sentences))


def _cost(endpoint: Endpoint) -> float | None:
    """What the endpoint has cost, if that can be told; it is taken down all the same."""
    try:
        now = endpoint.now()
    except ClientError:
        return None
    return now.spent_usd(datetime.now(UTC)) if now else None


def _show(place: Place, endpoint: Endpoint, dataset: str, now: EndpointNow | None) -> None:
    if now is None:
        place.account.bucket(place.stack)
        told(
            spoken(
                "{dataset} has no endpoint. Start one: codefree serve {name}{options}",
                dataset=shown(dataset),
                name=quote(dataset),
                options=place.options,
            )
        )
        return
    lines = endpoint_lines(endpoint.name, now)
    lines.append(
        spoken(
            "Take it down: codefree serve {name} --stop{options}",
            name=quote(dataset),
            options=place.options,
        )
    )
    told("\n".join(lines))
    told("\n" + request_lines(place.account, endpoint.name))
