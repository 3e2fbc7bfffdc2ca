"""What Publish puts into the report: once or many times, the same."""

from lambdas.report_cost import with_cost

SUMMARY = {
    "Cost": {"Text": "The run cost 0.12 USD."},
    "Instance": {"Why": "ml.m5.large: <small> data."},
    "Attempts": [{"Step": "Train", "Type": "ml.c7i.2xlarge", "Why": "No capacity."}],
}
PAGE = "<dd><!-- cost -->The cost is in summary.json.<!-- /cost --></dd><p>rest</p>"


def test_the_cost_stands_in_its_place_and_writing_it_again_changes_nothing() -> None:
    page = with_cost(PAGE, SUMMARY)
    assert "<p>The run cost 0.12 USD.</p>" in page
    assert "&lt;small&gt; data." in page
    assert "Train on ml.c7i.2xlarge was tried in vain: No capacity." in page
    assert page.endswith("</dd><p>rest</p>") and "summary.json" not in page
    assert with_cost(page, SUMMARY) == page


def test_a_report_of_ones_own_without_the_place_stays_as_it_is() -> None:
    assert with_cost("<p>mine</p>", SUMMARY) == "<p>mine</p>"
