"""What a prediction's job can't know, in the page that it has written: the run, the check, the
cost. It leaves places for them between two comments, as the report does."""

from html import escape

from lambdas.language import spoken
from lambdas.pages.filled_report import cost_told, named_run, with_content
from lambdas.state import PredictionSummary


def filled_prediction(page: str, summary: PredictionSummary) -> str:
    """``page`` with everything in its place; again, it is the same."""
    model = spoken(
        "model: run {run}, version {version}",
        run=summary["Model"]["Run"],
        version=summary["Model"]["Version"],
    )
    run = "".join(f" · {escape(part)}" for part in (model, named_run(summary["Run"])))
    return with_content(with_content(page, "run", run), "cost", cost_told(summary))
