"""Findings on the columns to predict from."""

from lambdas.check.findings.catalogue.entry import Entry, Family

_SIGNS = {".": "dot", ",": "comma"}
_VALUES_DIFFER = "A column helps where its values differ."


class FeatureFinding(Family):
    """The columns to predict from."""

    no_usable_column = Entry(
        severity="error",
        needs_every_row=True,
        seen="The {count:column|columns} beside the one to predict {count:has|have} the same value "
        "in every row or none at all, or a name of its own in nearly every row: {columns:5}.",
        expected="A model predicts from columns whose values differ, and come back in other rows.",
        action="Add such columns to {both} and {both_again}.",
    )
    empty_column = Entry(
        severity="note",
        seen="The column is empty in every row.",
        expected=_VALUES_DIFFER,
        action="It is left out; remove it, or fill it in.",
    )
    constant_column = Entry(
        severity="note",
        seen={
            "same": "Every row has the same value, {only:quoted}.",
            "gaps": "{missing:,} of {rows:,} rows {missing:has|have} no value; all others have the "
            "same one, {only:quoted}.",
        },
        expected={
            "same": _VALUES_DIFFER,
            "gaps": "All that a model can learn from it is in which rows it is filled in.",
        },
        action={
            "same": "It is left out; you may remove it.",
            "gaps": "Nothing has to be done. If an empty field has a meaning, such as no, it is "
            "clearer to write that.",
        },
    )
    mostly_missing = Entry(
        severity="note",
        seen="{missing:,} of {rows:,} rows have no value, {share:.1%} of them.",
        expected="From a column that is rarely filled in, a model learns little but in which rows "
        "it is.",
        action="Nothing has to be done. If an empty field has a meaning, such as no, it is "
        "clearer to write that.",
    )
    infinite_values = Entry(
        severity="warning",
        seen="{words:, } {count:is an infinite number|are infinite numbers}, or too large for a "
        "computer.",
        expected="No model can learn from {count:it|them}: {count:it is|they are} taken for "
        "{count:a missing value|missing values}.",
        action="Find out where {count:it comes|they come} from, such as a division by zero. Write "
        "the true numbers, or leave these cells empty, in {both}.",
        phrases={"words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"}},
    )
    missing_codes = Entry(
        severity="warning",
        seen="{codes:, }; all other numbers are between {low} and {high}.",
        expected="Such a number often means that the value is not known, but a model takes it for "
        "an amount.",
        action="If it means that, leave these cells empty in {both} and {both_again}.",
        phrases={
            "codes": {
                "in_rows": "{code} stands in {rows:,} rows",
                "in_share": "{code} stands in about {share:.1%} of the rows",
            }
        },
    )
    not_plain_numbers = Entry(
        severity="warning",
        seen="The column has numbers with thousands separators, units, or decimal commas that this "
        "file does not use elsewhere, such as {examples:3 quoted}.",
        expected="They are not all written in one way, or what a sign in them means is not "
        "certain: the values are taken for names, not for amounts.",
        action="Write the numbers plainly, like 1234.5, in {both} and {both_again}.",
    )
    numbers_and_texts = Entry(
        severity="warning",
        seen="{texts:,} {texts:value is not a number|values are not numbers}, such as "
        "{examples:3 quoted}; the other {numbers:,} are.",
        expected="One such value makes the whole column names instead of amounts.",
        action="Repair or empty {texts:this value|these values}, in {both}, and {both_again}.",
    )
    written_as_numbers = Entry(
        severity="note",
        seen="The numbers are written like {written:quoted}, which is read as {read}.",
        expected="All values in the column are written in this way.",
        action="Check that this is what they mean.",
    )
    perhaps_thousands = Entry(
        severity="warning",
        seen="Some numbers are written like {grouped:quoted}, with exactly three digits behind the "
        "{sign}, beside numbers below 1000 without one. They are read as decimals: {read}.",
        expected="The {sign} may separate thousands instead, and nothing else in the file tells.",
        action="If it does, remove it from the numbers in {both} and {both_again}.",
        phrases={"sign": _SIGNS},
    )
    leading_zeros = Entry(
        severity="note",
        seen="{rows:,} {rows:value begins|values begin} with a zero, such as {examples:3 quoted}.",
        expected="Such values are codes more often than amounts, so the column is read as text, in "
        "which 01 and 1 differ.",
        action="If these are amounts, remove the zeros in front in {both} and {both_again}.",
    )
    words_for_missing = Entry(
        severity="note",
        seen="{words:, } {count:stands|stand} for a missing value, because all other values in "
        "the column are {others}.",
        action="Nothing has to be done.",
        phrases={
            "words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"},
            "others": {"numbers": "numbers", "dates": "dates"},
        },
    )
    words_as_values = Entry(
        severity="note",
        seen="{words:, } {count:is|are} taken for {count:a value|values} like any other, not for "
        "{count:a missing one|missing ones}.",
        action="If {count:it means|they mean} that the value is missing, leave these cells empty "
        "in {both}.",
        phrases={"words": {"in_rows": "{word:exact} in {rows:,} {rows:row|rows}"}},
    )
    same_categories = Entry(
        severity="note",
        seen="Values that differ only in blanks, hidden characters, or the way of writing a letter "
        "are one value: {joined:; }.",
        action="If they are not the same, rename one of them in {both}.",
        phrases={"joined": {"one": "{spelling:exact} is {value:exact}"}},
    )
    alike_categories = Entry(
        severity="warning",
        seen="{alike:; }{more}: values that differ only in capital letters or in the width of "
        "letters are taken for different ones.",
        expected="A value should be written in the same way in every row.",
        action="If they mean the same, write them alike in {both} and {both_again}.",
        phrases={
            "alike": {"several": "{names:5 exact}"},
            "more": {"others": " and {count:,} more {count:value|values}"},
        },
    )
    copied_columns = Entry(
        severity="warning",
        seen="{count:,} {count:column holds|columns hold} the same as another one in every row: "
        "{groups:; }{more}.",
        expected="A model learns nothing new from {count:a copy|copies}.",
        action="Keep one of each, and remove the {count:other|others} from {both}.",
        phrases={
            "groups": {"one": "{copies:5} as {name:short}"},
            "more": {"others": " and {count:,} more {count:column|columns}"},
        },
    )
    renamed_columns = Entry(
        severity="note",
        seen="{count:,} {count:column says|columns say} in other words what another one says, "
        "like a code and its name: {groups:; }{more}.",
        expected="To each value of the one always belongs the same value of the other.",
        action="Nothing has to be done; you may keep one of each.",
        phrases={
            "groups": {"one": "{copies:5} as {name:short}"},
            "more": {"others": " and {count:,} more {count:column|columns}"},
        },
    )
    identifier = Entry(
        severity="note",
        seen="{about}{distinct:,} different values stand in the {rows:,} rows that have one, like "
        "an identifier's.",
        expected="A model can learn nothing from values that only name their rows.",
        action="If these do, you may remove the column.",
        phrases={"about": {"estimated": "About "}},
    )
    free_text = Entry(
        severity="note",
        seen="The column holds free text.",
        expected="The model counts the words in it, which takes time and memory.",
        action="Remove the column if it does not help to predict.",
    )
