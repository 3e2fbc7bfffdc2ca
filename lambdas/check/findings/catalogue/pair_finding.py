"""Findings on the two files side by side."""

from lambdas.check.findings.catalogue.entry import Entry, Family
from lambdas.check.findings.catalogue.signs import NAME_GUESSES

_MET = {"met": {"one": "{spelling:exact} for {value:exact}"}}


class PairFinding(Family):
    """The two files side by side."""

    columns_missing_in_test = Entry(
        severity="error",
        seen="{count:,} {count:column|columns} of {train} {count:is|are} not there: "
        "{missing:10}.{guesses}",
        expected="Both files need the same columns; only the column to predict may be missing in "
        "the test file.",
        action="Add or rename the {count:column|columns} in the test file, or remove "
        "{count:it|them} from the train file, and {again}.",
        phrases=NAME_GUESSES,
    )
    extra_columns_in_test = Entry(
        severity="note",
        seen="{count:,} {count:column is|columns are} not in {train}: {extra:10}.",
        expected="The model knows the columns of the train file only.",
        action="{count:It is|They are} left out.",
    )
    kinds_differ = Entry(
        severity="error",
        milder="warning",
        seen={
            "texts": "{texts:,} of {present:,} {present:value|values} "
            "{texts:is not a number|are not numbers}, such as {examples:3 quoted}; in {train} all "
            "are.{effect}",
            "form": "{texts:,} of {present:,} {present:value|values} {texts:is|are} not written "
            "like the numbers in {train}, such as {written:quoted}, but like {examples:3 quoted}."
            "{effect}",
            "dates": "{texts:,} of {present:,} {present:value|values} "
            "{texts:is not a date|are not dates}, such as {examples:3 quoted}; in {train} all are, "
            "or nearly all.{effect}",
            "numbers": "All values are numbers; in {train} none is.",
        },
        expected="A column must hold the same kind of values in {both}.",
        action={
            "texts": "Write the values in the same way in {both} and {both_again}.",
            "form": "Write the values in the same way in {both} and {both_again}.",
            "dates": "Write the values in the same way in {both} and {both_again}.",
            "numbers": "Check that the column means the same in {both}.",
        },
        phrases={
            "effect": {
                "read_as_missing": " {texts:It is|They are} read as missing.",
                "mean_date": " The model takes what is no date for the mean of the dates.",
            },
        },
    )
    unknown_classes = Entry(
        severity="warning",
        seen="{rows:,} {rows:row belongs|rows belong} to {count:a class|classes} that {train} does "
        "not have: {unknown:5 exact}.",
        expected="No model can predict a class that it has never seen; "
        "{rows:this row counts|these rows count} as predicted wrong, and scores made of "
        "probabilities, such as AUROC and log loss, are undefined.",
        action="Add rows of {count:this class|these classes} to the train file, or correct "
        "{count:its|their} spelling.",
    )
    no_known_class = Entry(
        severity="error",
        needs_every_row=True,
        seen="None of the classes in the column to predict is one of {train}: {unknown:5 exact} "
        "here, {known:5 exact} there.",
        expected="True values are compared with predictions, which are written as in the train "
        "file; not one of them could be right.",
        action="Write the classes alike in {both}, or remove the column from the test file to "
        "get predictions alone, and {both_again}.",
    )
    met_labels = Entry(
        severity="note",
        seen="Classes that are written differently from {train} are taken for its classes: "
        "{met:; }.",
        action="If one of them is another class, rename it.",
        phrases=_MET,
    )
    met_categories = Entry(
        severity="note",
        seen="Values that are written differently from {train} are taken for its values: {met:; }.",
        action="If one of them is another value, rename it.",
        phrases=_MET,
    )
    placeholder_labels = Entry(
        severity="warning",
        seen="{words:, } {count:is|are} no {count:class|classes} of {train} and "
        "{count:stands|stand} where the true value is not known.",
        expected="These rows are predicted, but not scored.",
        action="For scores, fill in the true values.",
        phrases={"words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"}},
    )
    one_value_in_test = Entry(
        severity="warning",
        seen="Every row that has a true value has the same one, {only:quoted}; {train} has "
        "{distinct:,} different ones.",
        expected="Such a file can't show how good the model is, and perhaps the value only stands "
        "where the true one is not known.",
        action="For scores that mean something, fill in the true values of rows of all kinds.",
    )
    empty_in_test = Entry(
        severity="warning",
        seen="The column is empty in every row; in {train} {present:,} "
        "{present:row has|rows have} a value.",
        expected="A model that has learned from a column does badly where it is missing.",
        action="Fill it in, or remove it from {both} if it is not known when you predict.",
    )
    unseen_categories = Entry(
        severity="warning",
        milder="note",
        seen="{count:,} of {categories:,} different {categories:value|values}{beside} never "
        "{count:occurs|occur} in {train}: {unseen:5}.",
        expected="The model treats {count:it|them} as unknown.",
        action="Check {count:its|their} spelling, or add such rows to the train file.",
        phrases={"beside": {"numbers": " beside numbers"}},
    )
    no_labels_in_test = Entry(
        severity="warning",
        milder="note",
        seen={
            "none": "The test file does not have the column to predict.",
            "empty": "No row of the test file has a value in the column to predict.",
            "renamed": "The test file does not have the column to predict; {near:quoted} is there "
            "instead.",
        },
        expected={
            "none": "Its true values are not needed for predictions.",
            "empty": "Its true values are not needed for predictions.",
            "renamed": "There are scores only where the column has the same name in {both}.",
        },
        action={
            "none": "You get predictions and no scores. For scores, add the column to the test "
            "file.",
            "empty": "You get predictions and no scores. For scores, fill in the column.",
            "renamed": "If these are its true values, rename the column in the test file to "
            "{target:quoted}; otherwise you get predictions and no scores.",
        },
    )
    labels_partly_missing_in_test = Entry(
        severity="note",
        seen="{missing:,} of {rows:,} {rows:row|rows} {missing:has|have} no true value.",
        expected="{missing:It is|They are} predicted, but not scored.",
        action="Fill {missing:it|them} in if you know {missing:it|them}.",
    )
    target_shift = Entry(
        severity="warning",
        seen={
            "classes": "The class {name:exact} makes up {share:.1%} of the rows that have a true "
            "value here, and {train_share:.1%} in {train}.",
            "numbers": "{share:.0%} of the numbers to predict are at most {most} here, and "
            "{train_share:.0%} in {train}; the median is {median} here, and {train_median} there.",
        },
        expected="A model expects the values to come as often as in the file that it has learned "
        "from.",
        action="Check that the rows to test with are like those that you will predict. "
        "{shuffle_before}",
    )
    near_rows = Entry(
        severity="warning",
        seen="{about}{near:,} of {rows:,} rows are the same as a row of {train} but for one value, "
        "most often in {differing:short}.",
        expected="A model is tested fairly on rows that it has not learned from; if these describe "
        "the same things, the scores may look better than they are.",
        action="If they do, keep all rows of one thing together: in the same file, or by a group "
        "column in the settings.",
        phrases={"about": {"estimated": "About "}},
    )
    shared_identifiers = Entry(
        severity="warning",
        seen="{about}{shared:,} of {distinct:,} different values stand in {train}, too, in rows "
        "that are not the same.",
        expected="If they name what the rows are about, such as a person, a model is tested on "
        "some that it already knows; the scores may look better than they are.",
        action="If so, keep all rows of one person or thing together: in the same file, or by a "
        "group column in the settings.",
        phrases={"about": {"estimated": "About "}},
    )
    rows_in_both_files = Entry(
        severity="warning",
        seen="{shared:,} of {rows:,} {rows:row|rows} {shared:is|are} also in {train}.",
        expected="A model is tested fairly on rows that it has not learned from; the scores may "
        "look better than they are.",
        action="Remove {shared:this row|these rows} from {one_of_both}.",
    )
    same_rows = Entry(
        severity="error",
        seen="It holds the same {rows:,} rows as {train}.",
        expected="A model must be tested on rows that it has not learned from: on these, even a "
        "useless one looks good.",
        action="Take some rows out of the train file, at random, and make them the test file; then "
        "{both_again}.",
    )
    larger_test_file = Entry(
        severity="warning",
        seen="It has {rows:,} rows, more than the {train_rows:,} of {train}.",
        expected="A model learns from the train file alone, so that is usually the larger one; "
        "perhaps the two were swapped.",
        action="If so, {swap}. If not, a model that learns from some of these rows, too, will be "
        "better.",
    )
    duplicate_rows = Entry(
        severity="warning",
        milder="note",
        seen="{repeated:,} of {rows:,} rows {repeated:repeats|repeat} an earlier row.",
        expected="Repeated rows count more than others, and the model's own check may see rows "
        "that it has learned from.",
        action="Remove {repeated:it if it was|them if they were} copied by mistake.",
    )
    conflicting_rows = Entry(
        severity="warning",
        milder="note",
        seen="{rows:,} rows have exactly the same values as another row, but another class.",
        expected="No model can be right on both of them.",
        action="Check how these rows were labelled, or add a column that tells them apart.",
    )
