"""Findings on one file by itself."""

from lambdas.check.findings.catalogue.entry import Entry, Family
from lambdas.check.findings.catalogue.signs import DELIMITERS


class FileFinding(Family):
    """Rows, and how a file is written."""

    ragged_rows = Entry(
        severity="error",
        seen="{count:,} {count:row has|rows have} too few or too many values: {rows:, }{more}.",
        expected="Each row should have {width}, like the header.",
        action="Repair {count:this row|these rows} and {again}. A value with {delimiter} in it "
        "must stand in quotation marks; too few values in the last row mean that the file was cut "
        "off.",
        phrases={
            "rows": {
                "of_line": "line {line:,} has {values}",
                "of_line_alone": "line {line:,} has 1 ({text:quoted})",
                "somewhere": "one has {values}",
            },
            "more": {"and_so_on": ", and so on"},
            "delimiter": DELIMITERS,
        },
    )
    repeated_header = Entry(
        severity="error",
        seen="The column names stand here again{more}, as if two files had been joined.",
        expected="Only the first line should hold the column names.",
        action="Remove {count:this line|these lines} and {again}.",
        phrases={"more": {"and_others": " and in {others:,} more {others:line|lines}"}},
    )
    comment = Entry(
        severity="error",
        seen="This line is a remark and no row of data: {text:quoted}{more}.",
        expected="Below the column names, each line should be a row of data.",
        action="Remove {count:this line|these lines} and {again}.",
        phrases={"more": {"and_others": "; so {others:is|are} {others:,} more"}},
    )
    total_row = Entry(
        severity="error",
        seen="This row is a total or an average and no row of data: {text:quoted}{more}.",
        expected="Below the column names, each line should be a row of data. A total would be "
        "learned from or predicted like any other row.",
        action="Remove {count:this line|these lines} and {again}.",
        phrases={"more": {"and_others": "; so {others:is|are} {others:,} more"}},
    )
    footer = Entry(
        severity="error",
        seen="This line is a remark below the table and no row of data: {text:quoted}{more}.",
        expected="Below the column names, each line should be a row of data.",
        action="Remove {count:this line|these lines} and {again}.",
        phrases={"more": {"and_others": "; so {others:is|are} {others:,} more"}},
    )
    blank_rows = Entry(
        severity="note",
        seen="{count:,} {count:row without any value is|rows without any value are} left out"
        "{first}.",
        action="Predictions count the rows that remain.",
        phrases={"first": {"here": ", the first of them here"}},
    )
    end_mark = Entry(
        severity="note",
        seen="The mark with which DOS ends a file, an invisible character (0x1A), is left out.",
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
        action="All later steps read it in the same way.",
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
        "Korean, Cyrillic, Chinese or Japanese, save the file as “CSV UTF-8” and {use_that}.",
    )
    unnamed_column = Entry(
        severity="warning",
        milder="note",
        seen={
            "first": "The first column has no name and is not used.",
            "filled": "{count:Column|Columns} number {places:5} {count:has|have} values but "
            "no name and {count:is|are} not used.",
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
            "first": "If the model should use it, give it a name in {both} and {both_again}.",
            "filled": "If the model should use {count:it, give it a name|them, give them names} in "
            "{both} and {both_again}.",
            "empty": "Nothing has to be done.",
        },
    )
    not_read_to_the_end = Entry(
        severity="warning",
        seen="Of about {estimated:,} rows, {rows:,} {rows:was|were} looked at: the file is too "
        "large for the time of the check.",
        expected="What is said of this file holds for these rows; a single bad row may be missed.",
        action="If a later step fails on a row, repair it and {again}.",
    )
