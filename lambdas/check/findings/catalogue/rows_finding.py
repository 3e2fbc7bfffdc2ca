"""Findings on new rows for a trained model."""

from lambdas.check.findings.catalogue.entry import Entry, Family
from lambdas.check.findings.catalogue.signs import NAME_GUESSES


class RowsFinding(Family):
    """New rows beside the data that the model has learned from."""

    columns_missing = Entry(
        severity="error",
        seen="{count:,} {count:column|columns} that the model needs {count:is|are} not there: "
        "{missing:10}.{guesses}",
        expected="A model needs every column that it has learned from.",
        action="Add or rename the {count:column|columns} in the file and {again}.",
        phrases=NAME_GUESSES,
    )
    columns_respelled = Entry(
        severity="note",
        seen="{count:,} {count:column is|columns are} spelled differently from the training and "
        "{count:is|are} used: {pairs:; }{more}.",
        action="If one of them is another column, give it another name.",
        phrases={
            "pairs": {"respelled": "{here:quoted} for {there:quoted}"},
            "more": {"and_more": "; {count:,} more"},
        },
    )
    columns_unknown = Entry(
        severity="note",
        seen="{count:,} {count:column was|columns were} not in the training: {extra:10}.",
        expected="A model only uses columns that it has learned from.",
        action="{count:It makes|They make} no difference to the predictions.",
    )
    texts_for_numbers = Entry(
        severity="error",
        milder="warning",
        seen="{texts:,} of {present:,} {present:value|values} {texts:is not a number|are not "
        "numbers} as in the training{written}: {examples:, }.",
        expected="The model has learned from numbers here; anything else counts as a missing "
        "value. Rows are counted below the column names.",
        action="Write the values as in the training and {again}.",
        phrases={
            "written": {"such_as": ", such as {example:quoted}"},
            "examples": {
                "in_row": "{text:quoted} in row {row:,}",
                "somewhere": "{text:quoted}",
            },
        },
    )
    numbers_for_texts = Entry(
        severity="warning",
        seen="All values are numbers; in the training none was.",
        expected="The model has learned from texts here and does not know these numbers.",
        action="Check that the column means the same as in the training.",
    )
    no_dates = Entry(
        severity="error",
        milder="warning",
        seen="{texts:,} of {present:,} {present:value|values} {texts:is not a date|are not "
        "dates}, such as {examples:3 quoted}; in the training all were, or nearly all.",
        expected="The model takes what is no date for the mean of the dates.",
        action="Write the dates as in the training and {again}.",
    )
    unseen_values = Entry(
        severity="warning",
        milder="note",
        seen="{rows:,} of {present:,} {present:value|values} never occurred in the training: "
        "{values:, }{more}.",
        expected="The model treats {rows:it|them} as unknown.",
        action="Check {rows:its|their} spelling; if such rows are common now, train a new model "
        "with them.",
        phrases={
            "values": {"in_rows": "{word:quoted} in {rows:,} {rows:row|rows}"},
            "more": {"and_others": " and {others:,} more"},
        },
    )
    many_values = Entry(
        severity="warning",
        seen="There are {about}{distinct:,} different values; in the training there were "
        "{known:,}.",
        expected="The model treats values that it has not learned from as unknown.",
        action="Check that the column means the same as in the training.",
        phrases={"about": {"estimated": "about "}},
    )
    empty_now = Entry(
        severity="warning",
        seen="The column is empty in every row; in the training {share:.1%} of the rows had a "
        "value.",
        expected="A model that has learned from a column does badly where it is missing.",
        action="Fill it in and {again}, or train a model without this column.",
    )
    missing_now = Entry(
        severity="warning",
        milder="note",
        seen="{missing:,} of {rows:,} {rows:row|rows} {missing:has|have} no value; in the training "
        "every row had one.",
        expected="The model has not learned what a missing value means here.",
        action="Fill {missing:it|them} in if you can.",
    )
    spread_changed = Entry(
        severity="warning",
        seen="The values are spread differently from the training: {difference}.",
        expected="A model does well on rows that are like those that it has learned from.",
        action="Check that the column means the same as in the training, in the same unit; if it "
        "does, train a new model with newer rows.",
        phrases={
            "difference": {
                "missing": "{rows:.1%} of the rows have no value here, {train:.1%} there",
                "at_most": "{rows:.1%} of the numbers are at most {number} here, {train:.1%} there",
                "below": "{rows:.1%} of the numbers are smaller than {number} here, {train:.1%} "
                "there",
                "category": "{rows:.1%} of the values are {name:quoted} here, {train:.1%} there",
            }
        },
    )
    all_alike = Entry(
        severity="warning",
        seen="All {rows:,} rows have the same values in the columns that the model uses.",
        expected="They all get the same prediction.",
        action="Check that this is the file that you mean.",
    )
    repeated_rows = Entry(
        severity="note",
        seen="{repeated:,} of {rows:,} rows {repeated:repeats|repeat} an earlier row in all "
        "columns that the model uses.",
        expected="Rows with the same values get the same prediction.",
    )
    not_scored = Entry(
        severity="note",
        seen={
            "absent": "The column to predict is not in the file.",
            "near": "The column to predict is not in the file; {near:quoted} is there instead.",
            "empty": "No row has a value in the column to predict.",
        },
        expected="Predictions do not need it.",
        action={
            "absent": "For a score, add its true values.",
            "near": "If these are its true values, call the column {target:quoted} and {again}: "
            "then there is a score.",
            "empty": "For a score, fill in its true values.",
        },
    )
    scored = Entry(
        severity="note",
        seen="{known:,} of {rows:,} {rows:row|rows} {known:has|have} a true value in the column to "
        "predict.",
        expected="The predictions are compared with {known:it|them}, and the model does not see "
        "{known:it|them}.",
    )
    classes_unseen = Entry(
        severity="warning",
        seen="{rows:,} {rows:row belongs|rows belong} to {count:a class|classes} that the training "
        "did not have: {unknown:5 exact}.",
        expected="No model can predict a class that it has never seen; {rows:this row "
        "counts|these rows count} as predicted wrong.",
        action="Correct {count:its|their} spelling and {again}, or train a new model with such "
        "rows.",
    )
    no_class_known = Entry(
        severity="warning",
        seen="None of the classes in the column to predict is one of the training: "
        "{unknown:5 exact} here, {known:5 exact} there.",
        expected="The rows are predicted, but there is no score.",
        action="For a score, write the classes as in the training and {again}.",
    )
    labels_no_numbers = Entry(
        severity="warning",
        seen="{texts:,} of {present:,} {present:value|values} in the column to predict "
        "{texts:is not a number|are not numbers}, such as {examples:3 quoted}.",
        expected="{texts:This row is|These rows are} predicted, but not scored.",
        action="For a score, write the true values as in the training and {again}.",
    )
