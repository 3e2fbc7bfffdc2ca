"""Findings on one file by itself."""

from lambdas.check.findings.catalogue.delimiters import DELIMITERS
from lambdas.check.findings.catalogue.entry import Entry, Family


class FileFinding(Family):
    """Rows, and how a file is written."""

    ragged_rows = Entry(
        severity="error",
        seen="{count:,} {count:row has|rows have} too few or too many values: {rows:, }{more}.",
        expected="Each row should have {width}, like the header.",
        action="Repair {count:this row|these rows} and {again}. A value with {delimiter} in it "
        "must stand in quotation marks; a line that holds only blanks must be removed; too few "
        "values in the last row mean that the file was cut off.",
        phrases={
            "rows": {
                "of_line": "line {line:,} has {values}",
                "blank_line": "line {line:,} holds only blanks",
                "somewhere": "one has {values}",
                "blank_somewhere": "one holds only blanks",
            },
            "more": {"and_so_on": ", and so on"},
            "delimiter": DELIMITERS,
        },
    )
    no_rows = Entry(
        severity="error",
        seen="The file has column names but no rows.",
        expected="Below the column names there should be one line for each row of data.",
        action="Fill in the data and {again}.",
    )
    written_in = Entry(
        severity="note",
        seen="{rows:,} {rows:row|rows} of {columns:,} columns, separated by {delimiter}, text in "
        "{encoding}{decimals}{packed}.",
        action="The training reads it in the same way.",
        phrases={
            "delimiter": DELIMITERS,
            "decimals": {"commas": ", decimal commas"},
            "packed": {"gzip": ", packed with gzip"},
        },
    )
    guessed_encoding = Entry(
        severity="warning",
        seen="The text is not UTF-8; it is read as Western European ({encoding}), which is a "
        "guess.",
        action="If letters look wrong in the results, or if the text is in another script, such as "
        "Cyrillic, Chinese or Japanese, save the file as “CSV UTF-8” and {use_that}.",
    )
    unnamed_column = Entry(
        severity="warning",
        milder="note",
        seen={
            "first": "The first column has no name and is left out of the training.",
            "filled": "{count:Column|Columns} number {places:5} {count:has|have} values but "
            "no name and {count:is|are} left out of the training.",
            "empty": "{count:Column|Columns} number {places:5} {count:has|have} neither a "
            "name nor values.",
        },
        expected={
            "first": "A first column without a name usually holds row numbers that a program "
            "added.",
            "filled": "The model can only use columns that have a name.",
            "empty": "A spreadsheet leaves such columns; they are left out.",
        },
        action={
            "first": "If the model should use it, give it a name in both files and {both_again}.",
            "filled": "If the model should use {count:it, give it a name|them, give them names} in "
            "both files and {both_again}.",
            "empty": "Nothing has to be done.",
        },
    )
    not_read_to_the_end = Entry(
        severity="warning",
        seen="Of about {estimated:,} rows, {rows:,} {rows:was|were} looked at: the file is too "
        "large for the time of the check.",
        expected="What is said of this file holds for these rows; a single bad row may be missed.",
        action="If the training fails on a row, repair it and {again}.",
    )
