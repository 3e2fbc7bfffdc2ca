"""New rows: a file is uploaded for a dataset's model, and its predictions come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console import run_words
from console.form_files import FileSink, read_form
from console.language import spoken
from console.live.events import live_events
from console.page import fragment, page
from operate.account import CannotDo
from operate.models.predicting_model import predicting_model, trained_datasets
from operate.predictions.predictions import Predictions, predictions_of
from operate.predictions.rows_upload import (
    SMALL_ROWS,
    RowsFile,
    RowsUpload,
    prediction_cost,
    rows_file,
)

if TYPE_CHECKING:
    from operate.place import Place

_EVERY_SECONDS = 2.0


def predict(request: Request) -> Response:
    """The datasets, or the one that is asked for: its model, an upload, and its predictions."""
    place: Place = request.app.state.place
    asked = _Asked.of(request)
    if not asked.dataset:
        names = trained_datasets(place.bucket)
        if len(names) == 1:
            return RedirectResponse(_Asked(names[0]).address(), 303)
        return page(request, "predict.html", datasets=names)
    model = predicting_model(place, asked.dataset)
    return page(
        request,
        "predict_dataset.html",
        model=model,
        cost=prediction_cost(place, model),
        small_rows=SMALL_ROWS,
        asked=asked,
        **_facts(request, _found(request, asked)),
    )


def predict_events(request: Request) -> Response:
    """What changes among the predictions of a dataset."""
    asked = _Asked.of(request)
    return live_events(
        request,
        f"predictions {asked.dataset} {asked.file}",
        lambda: _found(request, asked),
        lambda found: _parts(request, asked, found),
        _EVERY_SECONDS,
    )


async def upload(request: Request) -> Response:
    """Brings a file of new rows into the bucket as its bytes come; that starts its prediction."""
    place: Place = request.app.state.place
    files: list[RowsFile] = []

    def open_file(_field: str, file_name: str, fields: dict[str, str]) -> FileSink:
        try:
            file = rows_file(fields.get("dataset", ""), file_name)
            predicting_model(place, file.dataset)  # there must be such a dataset
        except CannotDo as reason:
            return _Refused(reason)
        files.append(file)
        return RowsUpload(place.bucket, file)

    await read_form(request, open_file)
    if not files:
        raise CannotDo(spoken("Choose a file first."))
    return RedirectResponse(_Asked(files[0].dataset, files[0].file_name).address(), 303)


@dataclass(frozen=True)
class _Asked:
    """Whose predictions somebody wants to see, and which file was just uploaded."""

    dataset: str = ""
    file: str = ""

    @classmethod
    def of(cls, request: Request) -> "_Asked":
        given = request.query_params
        return cls(given.get("dataset", "").strip(), given.get("file", ""))

    def address(self, path: str = "/predict") -> str:
        """Where that is."""
        said = {"dataset": self.dataset, "file": self.file}
        return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"

    @property
    def uploaded(self) -> RowsFile | None:
        """The file, if its name can be one."""
        try:
            return rows_file(self.dataset, self.file) if self.file else None
        except CannotDo:
            return None


class _Refused:
    """Lets the bytes pass by, so that the browser comes to hear why nothing is kept of them."""

    def __init__(self, reason: CannotDo) -> None:
        self._reason = reason

    def write(self, content: bytes) -> None:
        """Takes the next bytes."""

    def finish(self) -> None:
        """Says why."""
        raise self._reason

    def abort(self) -> None:
        """There is nothing to undo."""


def _found(request: Request, asked: _Asked) -> Predictions:
    state = request.app.state
    return predictions_of(state.runs, state.place.bucket, asked.dataset, asked.uploaded)


def _parts(request: Request, asked: _Asked, found: Predictions) -> Mapping[str, str]:
    facts = _facts(request, found)
    return {"predictions": fragment("predict_list.html", asked=asked, **facts)}


def _facts(request: Request, found: Predictions) -> dict[str, Any]:
    return {
        "predictions": found,
        "found": found.page,
        "words": run_words,
        "now": run_words.now(),
        "is_local": request.app.state.place.account.is_local,
    }


ROUTES = [
    Route("/predict", predict),
    Route("/predict", upload, methods=["POST"]),
    Route("/events/predict", predict_events),
]
