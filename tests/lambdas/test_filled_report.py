"""What Publish puts into the report: once or many times, the same."""

from typing import Any

from lambdas.pages.filled_report import filled_report

SUMMARY: Any = {
    "Run": "20261124-170309-aba767",
    "Results": "s3://bucket/results/a b/20261124-170309-aba767/",
    "Model": "s3://bucket/results/a b/20261124-170309-aba767/job-1/output/model.tar.gz",
    "Cost": {"Text": "The run cost 0.12 USD."},
    "Instance": {"Why": "ml.m5.large: <small> data."},
    "Attempts": [{"Step": "Train", "Type": "ml.c7i.2xlarge", "Why": "No capacity."}],
}
PAGE = (
    "<p><!-- run --><!-- /run --></p>"
    "<dd><!-- cost -->The cost is in summary.json.<!-- /cost --></dd><p>rest</p>"
)


def test_the_cost_stands_in_its_place_and_writing_it_again_changes_nothing() -> None:
    page = filled_report(PAGE, SUMMARY)
    assert "<p>The run cost 0.12 USD.</p>" in page
    assert "&lt;small&gt; data." in page
    assert "Train on ml.c7i.2xlarge failed: No capacity." in page
    assert page.endswith("</dd><p>rest</p>") and "summary.json" not in page
    assert filled_report(page, SUMMARY) == page


def test_the_run_its_date_and_its_files_are_named() -> None:
    page = filled_report(PAGE, SUMMARY)
    assert "24 November 2026, 17:03 UTC, run 20261124-170309-aba767" in page
    assert 'href="check.html"' in page and 'href="job-1/output/model.tar.gz"' in page


def test_a_run_that_somebody_named_has_no_date_and_its_name_is_text() -> None:
    assert "· run mine &lt;b&gt;<!--" in filled_report(PAGE, SUMMARY | {"Run": "mine <b>"})


def test_a_report_of_ones_own_without_the_places_stays_as_it_is() -> None:
    assert filled_report("<p>mine</p>", SUMMARY) == "<p>mine</p>"
