"""Findings on new rows for a trained model."""

from lambdas.check.findings.catalogue.entry import Entry, Family


class RowsFinding(Family):
    """New rows beside the data that the model was trained on."""

    columns_missing = Entry(
        severity="error",
        seen="{count:,} {count:column|columns} that the model needs {count:is|are} not there: "
        "{missing:10}.{guesses}",
        expected="A model needs every column that it has learned from.",
        action="Add or rename the {count:column|columns} in the file and {again}.",
        phrases={
            "guesses": {"nearest": " {pairs:; }{more}."},
            "pairs": {"perhaps": "{wanted:quoted} is perhaps {near:quoted} there"},
            "more": {"others": "; {count:,} more {count:is|are} alike"},
        },
    )
    columns_respelled = Entry(
        severity="note",
        seen="{count:A column is|Columns are} spelled differently from the training and "
        "{count:is|are} used: {pairs:; }{more}.",
        action="If one of them is another column, give it another name.",
        phrases={
            "pairs": {"one": "{here:quoted} for {there:quoted}"},
            "more": {"others": "; {count:,} more"},
        },
    )
    columns_unknown = Entry(
        severity="note",
        seen="{count:,} {count:column was|columns were} not in the training: {extra:10}.",
        expected="A model only uses columns that it has learned from.",
        action="{count:It makes|They make} no difference to the predictions.",
    )
