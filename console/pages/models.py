"""The models of each dataset: which one predicts, and what a person decides about them."""

from collections.abc import Mapping
from shlex import quote
from typing import Any
from urllib.parse import quote as in_address

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console import model_words
from console.language import spoken
from console.live.events import live_events
from console.page import fragment, page
from console.paging import Paging, page_asked
from operate.models.dataset_models import (
    dataset_models,
    datasets_with_models,
    model_version,
    used_version,
)
from operate.models.decision import approve, reject
from operate.place import Place
from operate.serving.endpoint_lines import endpoint_lines
from operate.serving.request_lines import request_lines
from operate.serving.served_dataset import Served, endpoint_of, served_now, stop_endpoint

_LONGEST_WHY = 300
_LONGEST_NUMBER = 9
_SECONDS = 3.0


def models(request: Request) -> Response:
    """The datasets that have models."""
    asked = page_asked(request)
    found = datasets_with_models(request.app.state.place, asked)
    paging = Paging(asked, found.has_more)
    return page(request, "models.html", found=found, words=model_words, paging=paging)


def models_of_dataset(request: Request) -> Response:
    """The models of one dataset, and its endpoint."""
    place: Place = request.app.state.place
    asked = page_asked(request)
    found = dataset_models(place, request.path_params["name"], asked)
    decided = request.query_params.get("decided", "")
    return page(
        request,
        "dataset_models.html",
        found=found,
        words=model_words,
        paging=Paging(asked, found.has_older),
        decided=next((one for one in found.models if str(one.model.version) == decided), None),
        longest_why=_LONGEST_WHY,
        **_served(place, found.dataset, served_now(place, found.dataset)),
    )


def endpoint_events(request: Request) -> Response:
    """The endpoint, while something is under way with it."""
    place, named = request.app.state.place, request.path_params["name"]

    def fragments(served: Served) -> Mapping[str, str]:
        return {"endpoint-now": fragment("endpoint_now.html", **_served(place, named, served))}

    subject = f"endpoint {named}"
    return live_events(request, subject, lambda: served_now(place, named), fragments, _SECONDS)


async def decide(request: Request) -> Response:
    """Approves or rejects the model that the form names, if all is as the page has shown it."""
    async with request.form() as form:
        told = {name: str(form.get(name, "")) for name in ("decision", "version", "run", "used")}
        why = str(form.get("why", ""))
    named = request.path_params["name"]
    await run_in_threadpool(_decide, request.app.state.place, named, told, why)
    address = f"{_address(named)}?decided={int(told['version'])}#version-{int(told['version'])}"
    return RedirectResponse(address, 303)


async def stop(request: Request) -> Response:
    """Has the dataset's endpoint taken down."""
    named = request.path_params["name"]
    await run_in_threadpool(stop_endpoint, request.app.state.place, named)
    return RedirectResponse(f"{_address(named)}#endpoint", 303)


def _decide(place: Place, named: str, told: dict[str, str], why: str) -> None:
    """Does nothing where it was done before: a form may be sent twice."""
    version, decision = told["version"], told["decision"]
    is_number = version.isascii() and version.isdigit() and len(version) <= _LONGEST_NUMBER
    if not is_number or decision not in {"approve", "reject"}:
        raise HTTPException(400, spoken("That is not a form of this console."))
    model, used = model_version(place, named, int(version)), used_version(place, named)
    is_approval = decision == "approve"
    if used == model.version if is_approval else model.status == "Rejected":
        return
    if model.run != told["run"] or str(used or "") != told["used"]:
        raise HTTPException(
            409,
            spoken(
                "Another model of {dataset} was approved or rejected meanwhile. Look at the list "
                "again before you decide.",
                dataset=model.dataset,
            ),
        )
    if is_approval:
        approve(place, model, _reason(why, spoken("Approved in the console.")))
    else:
        reject(place, model, _reason(why, spoken("Rejected in the console.")))


def _reason(why: str, otherwise: str) -> str:
    return " ".join(why.split())[:_LONGEST_WHY] or otherwise


def _served(place: Place, dataset: str, served: Served) -> dict[str, Any]:
    """What the part of the page about the endpoint says."""
    now, name = served.endpoint, endpoint_of(place, dataset).name
    return {
        "served": served,
        "lines": endpoint_lines(name, now) if now else [],
        "ask": request_lines(place.account, name) if now else "",
        "serve": f"codefree serve {quote(dataset)}",
        "options": place.options,
        "address": _address(dataset),
        "dataset": dataset,
    }


def _address(named: str) -> str:
    return f"/models/{in_address(named, safe='')}"


ROUTES = [
    Route("/models", models),
    Route("/models/{name}", models_of_dataset),
    Route("/models/{name}/decide", decide, methods=["POST"]),
    Route("/models/{name}/endpoint/events", endpoint_events),
    Route("/models/{name}/endpoint/stop", stop, methods=["POST"]),
]
