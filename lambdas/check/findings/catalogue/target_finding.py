"""Findings on the column to predict."""

from lambdas.check.findings.catalogue.entry import Entry, Family
from lambdas.check.findings.catalogue.signs import NOTHING

# How a text such as "None" became a missing value.
_TAKEN_FOR_MISSING = {
    "missing_words": {
        "stand_for_missing": " {words:, } {count:stands|stand} for a missing value: if "
        "{count:it is one of the classes|one of them is a class}, write it in another way, such as "
        "'no finding' or with its full name, in {both}."
    },
    "words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"},
}
_ESTIMATED = {"about": {"estimated": "About "}}
_A_CLASS_NEEDS = (
    "A class needs at least two rows, one to learn from and one to check with; better dozens."
)


class TargetFinding(Family):
    """The column to predict."""

    target_missing = Entry(
        severity="error",
        seen="There is no column named {target:quoted}, the one to predict. {guess}The columns "
        "are: {columns:15}.",
        expected="The train file needs the column to predict, written exactly like this.",
        action="Rename the column in {both}, or set {target_setting} to the name of the column "
        "to predict.",
        phrases={
            "guess": {
                "nearest": "Did you mean {name:quoted}? ",
                "looks_alike": "{name:quoted} only looks the same: it has {there} where the name "
                "that was asked for has {asked}. ",
            },
            "there": NOTHING,
            "asked": NOTHING,
        },
    )
    target_found = Entry(
        severity="note",
        seen="This column is predicted: there is none named {asked:quoted}, and it is the only one "
        "that {test} does not have.",
        expected="The test file may leave out the column to predict, and no other.",
        action="If another column is to be predicted, set {target_setting} to its name.",
    )
    target_empty = Entry(
        severity="error",
        needs_every_row=True,
        seen="The column to predict has no value in any row.",
        expected="Each row to learn from needs its value.",
        action="Fill it in and {again}.",
    )
    one_class = Entry(
        severity="error",
        needs_every_row=True,
        seen="Every row that has a value has the same one, {only:quoted}.{missing_words}",
        expected="A model needs rows of at least two different values to tell them apart.",
        action="Add rows with another value and {again}.",
        phrases=_TAKEN_FOR_MISSING,
    )
    too_few_rows = Entry(
        severity="error",
        needs_every_row=True,
        seen="Only {rows} {rows:row has|rows have} a value in the column to predict.",
        expected="At least {fewest} are needed, better some hundreds.",
        action="Add rows and {again}.",
    )
    class_too_small = Entry(
        severity="error",
        needs_every_row=True,
        seen={
            "one_of_two": "Only one row has the value {rare:quoted}.",
            "each": "Each of the {classes:,} values stands in one row only, such as {values:3}.",
        },
        expected=_A_CLASS_NEEDS,
        action={
            "one_of_two": "Add rows of this class and {again}.",
            "each": "Add rows of each class, or group the values into classes, and {again}.",
        },
    )
    not_two_classes = Entry(
        severity="error",
        seen="There are {distinct:,} different values, such as {values:5}.",
        expected="There should be exactly two, because {problem_type_setting} is binary.",
        action="Correct the values, or set {problem_type_setting} to auto or multiclass.",
    )
    target_not_numbers = Entry(
        severity="error",
        seen={
            "texts": "{rows:,} {rows:row has|rows have} something that is not a number, such as "
            "{examples:3 quoted}.",
            "long": "There are whole numbers that differ only behind their first 15 digits, such "
            "as {examples:3}: they are read as names.",
        },
        expected="Every row should have a number, or nothing where it is not known, because "
        "{problem_type_setting} is regression.",
        action={
            "texts": "Repair or empty {rows:this value|these values}, or set "
            "{problem_type_setting} to auto or multiclass.",
            "long": "Round them, or set {problem_type_setting} to auto or multiclass.",
        },
    )
    hardly_classes = Entry(
        severity="error",
        needs_every_row=True,
        seen="{about}{distinct:,} different numbers stand in {rows:,} rows, such as {values:3}.",
        expected="Each class should have several rows, because {problem_type_setting} is "
        "multiclass.",
        action="Set {problem_type_setting} to regression or auto to have the number itself "
        "predicted.",
        phrases=_ESTIMATED,
    )
    target_not_plain_numbers = Entry(
        severity="error",
        seen="The column to predict has numbers with thousands separators, units, or decimal "
        "commas that this file does not use elsewhere, such as {examples:3 quoted}.",
        expected="A number to predict must be written plainly, like 1234.5.",
        action="Remove the separators and units, write a decimal point and {again}.",
    )
    target_numbers_and_texts = Entry(
        severity="error",
        seen="{rows:,} {rows:row has|rows have} something that is not a number, such as "
        "{examples:3 quoted}; the others are numbers.",
        expected="A number to predict must be a number in every row, or empty where it is not "
        "known.",
        action="Repair or empty {rows:this value|these values} and {again}.",
    )
    target_identifier = Entry(
        severity="error",
        needs_every_row=True,
        seen="{about}{distinct:,} different values stand in {rows:,} rows, such as {values:3}: "
        "that looks like an identifier, a date or free text.",
        expected="A model can learn a number, or classes of which each has many rows.",
        action="Choose another column to predict ({target_setting}), or group its values into "
        "classes.",
        phrases=_ESTIMATED,
    )
    target_perhaps_thousands = Entry(
        severity="error",
        seen="Some numbers are written like {grouped:quoted}, with exactly three digits behind the "
        "{sign}, beside numbers below 1000 without one, and would be read as decimals: {read}.",
        expected="The {sign} may separate thousands or decimals, and nothing else in the file "
        "tells.",
        action="Remove it if it separates thousands; if it is a decimal sign, write another number "
        "of digits behind it, such as 1.1310. Then {again}.",
        phrases={"sign": {".": "dot", ",": "comma"}},
    )
    unclear_labels = Entry(
        severity="error",
        seen="{words:, }: {count:this word|these words} may be {count:a class|classes}, or may "
        "mean that the value is not known.",
        expected="Which of the two it is must be certain before a model is paid for.",
        action="If {count:it is a class|they are classes}, write {count:it|them} in another way, "
        "such as 'no finding', or with a full name; if not, leave these cells empty; in "
        "{both}. Or set {missing_labels_setting} to the words that mean that a value is not "
        "known.",
        phrases={"words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"}},
    )
    positive_class_unknown = Entry(
        severity="error",
        needs_every_row=True,
        seen="{named:exact} is to be the positive class, and the two classes are "
        "{classes:2 exact}.{guess}",
        expected="The positive class is one of the two.",
        action="Set {positive_class_setting} to one of them, or to auto.",
        phrases={"guess": {"nearest_class": " Did you mean {name:exact}?"}},
    )
    positive_class_of_no_two = Entry(
        severity="error",
        seen={
            "multiclass": "{named:exact} is to be the positive class, and there are {distinct:,} "
            "classes.",
            "regression": "{named:exact} is to be the positive class, and a number is to be "
            "predicted: there are {distinct:,} different values.",
        },
        expected="There is a positive class only where there are two.",
        action="Set {positive_class_setting} to auto, or correct the values.",
    )
    problem_type = Entry(
        severity="warning",
        milder="note",
        seen={
            "binary": "It has two values, {values:5}: the model tells two classes apart.",
            "multiclass": "It has {about}{distinct:,} different values in {rows:,} rows: each of "
            "them is taken for a class.",
            "regression": "It has {about}{distinct:,} different values in {rows:,} rows, all of "
            "them numbers: the model predicts a number.",
        },
        action="{doubt}",
        phrases={
            "about": {"estimated": "about "},
            "doubt": {
                "amounts": "If these numbers are amounts, set {problem_type_setting} to "
                "regression.",
                "years": "These look like years. To predict the year as a number, so that a near "
                "miss is better than a far one, set {problem_type_setting} to regression.",
                "classes": "If these numbers are classes, set {problem_type_setting} to "
                "multiclass.",
            },
        },
    )
    target_partly_missing = Entry(
        severity="warning",
        seen="{missing:,} of {rows:,} {rows:row|rows} {missing:has|have} no value in the column to "
        "predict.{missing_words}",
        expected="{missing:It|They} can't be learned from and {missing:is|are} left out.",
        action="Fill {missing:it|them} in if you know {missing:it|them}.",
        phrases=_TAKEN_FOR_MISSING,
    )
    target_row_numbers = Entry(
        severity="warning",
        seen="The column to predict counts the rows: {each}each whole number from {least} to "
        "{most} stands there once.",
        expected="A row number says nothing that a model could learn.",
        action="Check that this is the column to predict.",
        phrases={"each": {"nearly": "nearly "}},
    )
    target_out_of_range = Entry(
        severity="error",
        seen={
            "large": "{most} stands in the column to predict.",
            "small": "All numbers in the column to predict are as small as {most}, or smaller.",
        },
        expected={
            "large": "The models compute with numbers up to {limit}; with greater ones they fail "
            "or only guess.",
            "small": "The models compute with numbers from {limit} on; they take smaller ones for "
            "zero.",
        },
        action={
            "large": "Correct the number if it is a mistake; otherwise write the column in a "
            "larger unit, in {both}. Then {both_again}.",
            "small": "Write the column in a smaller unit, in {both}, and {both_again}.",
        },
    )
    target_outlier = Entry(
        severity="warning",
        seen="{value} is far from all other numbers in the column to predict; most of them are "
        "between {low} and {high}.",
        expected="Models learn from squared errors, and RMSE and R² are made of them: such a "
        "number decides both, whatever the others are.",
        action="Correct or empty it if it is a mistake, and {again}. Otherwise set "
        "{metric_setting} to median_absolute_error.",
    )
    skewed_target = Entry(
        severity="note",
        seen="Few of the numbers to predict are much larger than the others: half of them are up "
        "to {median}, and one in a hundred is above {high}.",
        expected="Models learn from squared errors, which the large numbers decide.",
        action="If an error counts in proportion to the number, as with prices, write the numbers' "
        "logarithms into the column, in {both}, and {both_again}; or set {metric_setting} to "
        "mean_absolute_error.",
    )
    far_target_values = Entry(
        severity="note",
        seen="{about}{rows:,} of {present:,} numbers to predict are far from the others: below "
        "{low} or above {high}.",
        expected="Models learn from squared errors, in which such numbers count most.",
        action="Check that they are no mistakes.",
        phrases={"about": {"estimated": "About "}},
    )
