"""One row as a form: what the model predicts for it, what that depends on, and what would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.language import spoken
from console.live.events import live_events
from console.page import fragment, page
from operate.account import CannotDo
from operate.models.predicting_model import PredictingModel, predicting_model
from operate.models.row_model import RowModel, RowModels

if TYPE_CHECKING:
    from operate.models.row_answer import RowAnswer
    from operate.models.row_form import Field

_EVERY_SECONDS = 1.0
_MOST_FIELDS = 100_000
# The fields that are shown at first, and the choices that all lists of them offer together.
_FIRST_FIELDS = 40
_MOST_CHOICES = 6_000
_FEWEST_CHOICES = 10
# So few choices are offered as a list, which takes no other value.
_SHORT_LIST = 12


def row_form(request: Request) -> Response:
    """The form with typical values; the model begins to be loaded meanwhile."""
    model = _model(request)
    if model is None:
        return RedirectResponse(f"/predict?dataset={quote(request.path_params['dataset'])}", 303)
    fields = _fields(model)
    row = {each.name: each.default for each in fields}
    return _page(request, _loading(request, model), fields, _Shown(row))


async def predict_row(request: Request) -> Response:
    """The answer for the row in the form. Nothing changes by it, so nothing leads elsewhere."""
    async with request.form(max_fields=_MOST_FIELDS) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_answered, request, given)


def row_events(request: Request) -> Response:
    """How far the model is."""
    models: RowModels = request.app.state.row_models
    sha256 = request.path_params["sha256"]

    def read() -> tuple[str, str]:
        known = models.known(sha256)
        return (known.phase, known.why) if known else ("ended", "")

    return live_events(request, f"row model {sha256}", read, _state_part, _EVERY_SECONDS)


@dataclass(frozen=True)
class _Shown:
    """What the form shows: the row, the one it is compared with, the answer, or why there is none,
    by column."""

    row: Mapping[str, str]
    compared: Mapping[str, str] | None = None
    answer: "RowAnswer | None" = None
    refused: Mapping[str, Any] | None = None
    why: str = ""

    @property
    def is_compared(self) -> bool:
        """Whether there is another row to compare with."""
        return self.compared is not None and self.compared != self.row

    @property
    def changed(self) -> list[str]:
        """The columns in which the two rows differ."""
        before = self.compared or {}
        return [name for name, text in self.row.items() if before.get(name, "") != text]


def _answered(request: Request, given: Mapping[str, str]) -> Response:
    from operate.models.row_answer import RowRefused, answer_for

    model = _model(request)
    if model is None:
        return RedirectResponse(f"/predict?dataset={quote(request.path_params['dataset'])}", 303)
    fields = _fields(model)
    if given.get("run") != model.run:
        told = spoken("Another model was approved meanwhile. This is its form.")
        row = {each.name: each.default for each in fields}
        return _page(request, _loading(request, model), fields, _Shown(row, why=told))
    row, before = _row(given, fields, "value"), _row(given, fields, "before")
    compared = before if before and "keep" not in given else None
    loading = _loading(request, model)
    try:
        answer = answer_for(loading, row, compared if compared != row else None)
        shown = _Shown(row, compared or row, answer)
    except RowRefused as reason:
        shown = _Shown(row, compared, refused=reason.remarks)
    except CannotDo as error:
        shown = _Shown(row, compared, why=str(error))
    return _page(request, loading, fields, shown)


def _row(given: Mapping[str, str], fields: list["Field"], of: str) -> dict[str, str]:
    """A row of the form; empty where it has none."""
    named = {each.name: given.get(f"{of}.{place}") for place, each in enumerate(fields)}
    return {name: text for name, text in named.items() if text is not None}


def _page(request: Request, loading: RowModel, fields: list["Field"], shown: _Shown) -> Response:
    state = request.app.state
    return page(
        request,
        "predict_row.html",
        model=loading.model,
        fields=fields,
        first=_FIRST_FIELDS,
        most_choices=max(_FEWEST_CHOICES, _MOST_CHOICES // max(1, len(fields))),
        short_list=_SHORT_LIST,
        shown=shown,
        phase=loading.phase,
        why=loading.why,
        is_local=state.place.account.is_local,
    )


def _model(request: Request) -> PredictingModel | None:
    return predicting_model(request.app.state.place, request.path_params["dataset"])


def _loading(request: Request, model: PredictingModel) -> RowModel:
    """The model in its process, which begins to be loaded if it is not."""
    models: RowModels = request.app.state.row_models
    return models.of(model)


def _fields(model: PredictingModel) -> list["Field"]:
    # What reads tables takes a second to load.
    from operate.models.row_form import fields_of

    return fields_of(model.trained)


def _state_part(read: tuple[str, str]) -> Mapping[str, str]:
    phase, why = read
    return {"model-state": fragment("predict_row_state.html", phase=phase, why=why)}


ROUTES = [
    Route("/predict/{dataset}/row", row_form),
    Route("/predict/{dataset}/row", predict_row, methods=["POST"]),
    Route("/events/row-model/{sha256}", row_events),
]
