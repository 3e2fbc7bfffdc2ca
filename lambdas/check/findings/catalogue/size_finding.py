"""Findings on the number of rows."""

from lambdas.check.findings.catalogue.entry import Entry, Family


class SizeFinding(Family):
    """Too few rows, and too many."""

    few_rows_for_preset = Entry(
        severity="warning",
        seen="{rows:,} {rows:row is|rows are} few for the preset {preset}, which splits them in "
        "{parts} parts.",
        expected="Each part of about {each} rows checks models that have learned from the others; "
        "with so few rows, chance has a large share in which model comes out best.",
        action="Add rows, or set {preset_setting} to medium_quality, which is quicker.",
    )
    too_large = Entry(
        severity="error",
        seen="The files need about {needed:,.0f} GiB of memory; the largest instance type has "
        "{largest:,.0f}.",
        expected="This file may have at most about {most:,} {most:row|rows} of this kind.",
        action="Use fewer rows, best a random choice of them, or fewer columns.",
    )
