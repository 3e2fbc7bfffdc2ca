"""Findings in a sample of the rows."""

from lambdas.check.findings.catalogue.entry import Entry, Family


class SampleFinding(Family):
    """What a sample of the rows shows."""

    gives_target_away = Entry(
        severity="warning",
        seen="{what} tells {target:quoted} almost perfectly.",
        expected="A column that is known only together with the answer makes a model that looks "
        "perfect and is useless.",
        action="Remove it from {both} if it is filled in after the answer is known.",
        phrases={
            "what": {
                "values": "This column alone",
                "gaps": "Whether this column is filled in",
            }
        },
    )
    shift = Entry(
        severity="warning",
        seen="The values are spread differently in {the_two}: {difference}.",
        expected="A model does well on rows that are like the ones it has learned from.",
        action="{check_the_source}",
        phrases={
            "difference": {
                "missing": "{train:.0%} of the values are missing in train, {test:.0%} in test",
                "numbers": "{train:.0%} of the values are at most {most} in train, {test:.0%} in "
                "test",
                "category": "{name:quoted} makes {train:.0%} of the values in train, {test:.0%} "
                "in test",
            }
        },
    )
