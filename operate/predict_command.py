"""``codefree predict``: new rows predicted on this machine, with a model from wherever it is."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from operate.indented import Indented
from operate.language import spoken
from operate.language_option import in_language
from operate.models.registered_models import RUN_OR_VERSION
from operate.place import Place, in_place
from operate.terminal import console, fail, told, told_in_sentences
from operate.visible_text import shown

if TYPE_CHECKING:
    from operate.models.archive import ModelArchive
    from operate.models.source import FoundModel
    from operate.predictions.prediction import Predicted

_ENDINGS = (".gz", ".csv", ".tsv", ".txt")


@in_language
@in_place
def predict_command(
    place: Place,
    model: Annotated[
        str,
        typer.Argument(
            metavar="NAME|RUN|FOLDER|MODEL.TAR.GZ",
            help="A dataset, whose approved model predicts; a run; a folder with a run's results; "
            "or a model.tar.gz.",
        ),
    ],
    rows: Annotated[Path, typer.Argument(metavar="ROWS.CSV", help="The file to predict.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write, if not to ROWS_predictions.csv.", show_default=False),
    ] = None,
    asked: Annotated[
        str,
        typer.Option(
            "--model",
            metavar=RUN_OR_VERSION,
            help="This model of the dataset, instead of the approved one.",
            show_default=False,
        ),
    ] = "",
    sha256: Annotated[
        str,
        typer.Option(
            help="The model's digest, as in digests/ in the bucket.",
            envvar="CODEFREE_MODEL_SHA256",
            show_default=False,
        ),
    ] = "",
    trust_model: Annotated[
        bool, typer.Option("--trust-model", help="Load a model of your own without a digest.")
    ] = False,
) -> None:
    """Predict the rows of a CSV file on this machine and write them with their predictions."""
    result = _result_path(rows, out)
    with tempfile.TemporaryDirectory() as work:
        # What reads tables takes a second to load, which what is refused need not wait for.
        from operate.models.archive import ModelArchive
        from operate.models.source import model_here, model_in_bucket

        found = (None if asked else model_here(model)) or model_in_bucket(
            place, model, asked, Path(work)
        )
        archive = ModelArchive.read(found.path)
        told(_which(found, archive))
        _require_trusted(archive, found.sha256 or sha256.strip().lower(), is_trusted=trust_model)
        archive.require_versions()
        told_predicted(_predicted(rows, found, archive, result))


def _predicted(rows: Path, found: "FoundModel", archive: "ModelArchive", out: Path) -> "Predicted":
    from operate.plan_view import findings_shown
    from operate.predictions.prediction import check_rows, predict_rows

    check = check_rows(rows, archive)
    told_in_sentences(findings_shown(check))
    if check.errors:
        fail(spoken("These rows can't be predicted yet. Fix the findings marked with ✗."))
    return predict_rows(rows, check, found, archive, out)


def told_predicted(made: "Predicted") -> None:
    """Prints what was predicted, what to think of it, and where it is."""
    told(shown(made.told["headline"]))
    for text in made.told["reliance"]:
        told(shown(text))
    for text in made.told["cautions"]:
        console.print(Indented(Text(f"! {shown(text)}"), by=2), soft_wrap=True)
    told(spoken("The predictions: {path}", path=shown(str(made.rows))))
    told(spoken("The page: {path}", path=shown(str(made.page))))


def _result_path(rows: Path, out: Path | None) -> Path:
    """Where the result goes, which is never where the input is."""
    if not rows.is_file():
        fail(spoken("There is no file {path}.", path=rows))
    name = rows.name
    while name.lower().endswith(_ENDINGS):
        name = name[: name.rindex(".")]
    result = out or rows.with_name(f"{name}_predictions.csv")
    if result.suffix.lower() != ".csv":
        fail(spoken("--out must end in .csv, not be {path}.", path=result))
    for path in (result, result.with_suffix(".html")):
        if path.is_dir():
            fail(spoken("{path} is a folder. Choose another file with --out.", path=path))
        if path.exists() and path.samefile(rows):
            fail(spoken("{path} is the file to predict. Choose another with --out.", path=path))
    return result


def _which(found: "FoundModel", archive: "ModelArchive") -> str:
    return spoken(
        "Model: {name}, which predicts “{target}”, made by {versions}",
        name=shown(f"{found.dataset} {found.run}".strip() or str(found.path)),
        target=shown(str(archive.record.get("target"))),
        versions=archive.made_by,
    )


def _require_trusted(archive: "ModelArchive", sha256: str, *, is_trusted: bool) -> None:
    """Ends the command unless the model is known to be the person's own."""
    if sha256:
        archive.require_sealed(sha256)
    if sha256 or is_trusted:
        return
    told_in_sentences(
        spoken(
            "Nothing shows that {path} is the model that your training made. A model is a pickle: "
            "loading it runs the code in it, with all your rights. Its SHA-256 is {found}.",
            path=archive.path,
            found=archive.sha256,
        )
    )
    if sys.stdin.isatty() and typer.confirm(spoken("Is it your own, and do you want to load it?")):
        return
    fail(
        spoken(
            "It was not loaded. Give its digest, which is in digests/ in the bucket, with "
            "--sha256; or --trust-model if you made the model yourself and nobody else could "
            "change it."
        )
    )
