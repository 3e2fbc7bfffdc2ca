"""Findings on a file that can't be read to its end."""

from lambdas.check.findings.catalogue.entry import Entry, Family

_A_TABLE = (
    "It should be a table as text (CSV): a line with the column names and then one line for each "
    "row."
)
_A_NAME_EACH = "The first line should hold one name for each column."
_QUOTES = (
    "A value with quotation marks in it must stand in quotation marks, and those inside it must be "
    'written twice, like "say ""hello""".'
)
_SAVE_AS_CSV = "Open it in its program, save the table as “CSV UTF-8” and {use_that}."


class UnreadableFile(Family):
    """Files that can't be read."""

    empty_file = Entry(
        severity="error",
        seen="The file is empty.",
        expected="It should hold a line with the column names and then one line for each row.",
        action="It may have been cut off when it was saved or copied: save it again and {again}.",
    )
    excel_file = Entry(
        severity="error",
        seen="The file is {kind}.",
        expected=_A_TABLE,
        action=_SAVE_AS_CSV,
        phrases={
            "kind": {
                "zip": "an Excel workbook or another ZIP archive",
                "xls": "an old Excel workbook (.xls)",
            }
        },
    )
    binary_file = Entry(
        severity="error",
        seen="The file is {kind}.",
        expected=_A_TABLE,
        action=_SAVE_AS_CSV,
        phrases={
            "kind": {
                "parquet": "a Parquet file",
                "pdf": "a PDF document",
                "sqlite": "a SQLite database",
                "picture": "a picture",
                "hdf5": "an HDF5 file",
                "no_text": "not text",
            }
        },
    )
    packed_file = Entry(
        severity="error",
        seen="The file is {kind}.",
        expected=_A_TABLE,
        action="Unpack it, or pack the CSV itself with gzip (.csv.gz), and {use_that}.",
        phrases={
            "kind": {
                "bzip2": "packed with bzip2",
                "xz": "packed with xz",
                "zstd": "packed with zstd",
                "7z": "a 7-Zip archive",
                "gzip": "packed with gzip twice",
            }
        },
    )
    web_page = Entry(
        severity="error",
        seen="The file is a web page (HTML or XML).",
        expected=_A_TABLE,
        action="It was probably saved from a browser that showed a login or error page: download "
        "the data itself and {use_that}.",
    )
    json_file = Entry(
        severity="error",
        seen="The file holds JSON.",
        expected=_A_TABLE,
        action="Export the table as “CSV UTF-8” and {use_that}.",
    )
    damaged_gzip = Entry(
        severity="error",
        seen="The gzip archive is damaged or cut off.",
        expected="It should unpack to a CSV.",
        action="Pack the CSV again, or leave it unpacked, and {use_that}.",
    )
    unknown_text = Entry(
        severity="error",
        seen="The text looks like {encoding}, but has characters there that can't be read.",
        expected="The whole file should be written in one encoding, best in UTF-8.",
        action="Save it again as “CSV UTF-8” and {use_that}.",
    )
    null_character = Entry(
        severity="error",
        seen="A character stands here that no text has (a null).",
        expected="The file should be text from its beginning to its end.",
        action="The file is damaged or binary: export it again as “CSV UTF-8” and {use_that}.",
    )
    no_column_names = Entry(
        severity="error",
        seen="There are no column names in the first line.",
        expected=_A_NAME_EACH,
        action="Write the names there and {again}.",
    )
    no_header = Entry(
        severity="error",
        seen="The first line looks like data, not like column names: {values:5}.",
        expected=_A_NAME_EACH,
        action="Put a line with the column names on top, {names_wanted}, and {again}.",
    )
    title_above_names = Entry(
        severity="error",
        seen="The first line holds only {title:quoted}; the lines below it hold more values.",
        expected=_A_NAME_EACH,
        action="Remove the lines above the column names, such as a title, and {again}.",
    )
    comment_above_names = Entry(
        severity="error",
        seen="The first line is a remark: {text:quoted}; the column names stand below it.",
        expected=_A_NAME_EACH,
        action="Remove the lines above the column names and {again}.",
    )
    second_header = Entry(
        severity="error",
        seen="This line looks like a second line of column names or like units: {values:5}.",
        expected="Below the column names, each line should be a row of data.",
        action="Remove the line and {again}.",
    )
    one_name_short = Entry(
        severity="error",
        seen="There are {names:,} column names, and {values:,} values in each row below them.",
        expected=_A_NAME_EACH,
        action="Write the missing name into the first line, most likely at its beginning, where "
        "some programs put row numbers without a name; then {again}.",
    )
    one_column = Entry(
        severity="error",
        seen="Only one column was found: {name:short}.",
        expected="A table needs {columns_wanted}, separated by commas, semicolons, tabs or "
        "vertical bars.",
        action="Save the table again as “CSV UTF-8” and {use_that}.",
    )
    duplicate_column = Entry(
        severity="error",
        seen="More than one column has the name {names:5}.",
        expected="Each column needs a name of its own.",
        action="Rename or remove the repeated columns, in {both}, and {both_again}.",
    )
    long_column_name = Entry(
        severity="error",
        seen="The column's name has {length:,} characters.",
        expected="A name may have at most {most:,}.",
        action="Shorten it, in {both}, and {both_again}. If this is a value and no name, put a "
        "line with the column names on top.",
    )
    too_many_columns = Entry(
        severity="error",
        seen="The first line has at least {columns:,} columns.",
        expected="A table may have at most {most:,}.",
        action="Keep {columns_to_keep}, and {both_again}. If each row of the table should be a "
        "column, turn it.",
    )
    blank_before_quote = Entry(
        severity="error",
        seen='A blank stands between a separating sign and a quotation mark, as in "a"{sign} "b".',
        expected="A quotation mark holds a value together only where it follows the separating "
        "sign directly.",
        action="Remove the blanks between the two signs (find and replace does it) and {again}.",
        phrases={"sign": {",": ",", ";": ";", "\t": " (tab)", "|": "|"}},
    )
    open_quote = Entry(
        severity="error",
        seen="A quotation mark is opened here and not closed until the end of the file.",
        expected=_QUOTES,
        action="Repair this line and {again}; if the file ends too early, it was cut off when it "
        "was saved or copied.",
    )
    stray_quote = Entry(
        severity="error",
        seen="A quotation mark is opened here and {closed}, where text follows it directly.",
        expected=_QUOTES,
        action="Look for a quotation mark too many or too few in these lines, repair it and "
        "{again}.",
        phrases={
            "closed": {
                "in_line": "closed in line {line:,}",
                "in_the_same_line": "closed in the same line",
            }
        },
    )
    endless_row = Entry(
        severity="error",
        seen="The row that begins here is longer than {megabytes} MB.",
        expected="Each row must end with a line break outside quotation marks, and be shorter.",
        action="Look for a quotation mark that is opened here and never closed and repair it; or, "
        "if a column holds whole books or pictures, remove it from {both}. Then {again}.",
    )
    unreadable_rows = Entry(
        severity="error",
        seen="The rows from here on can't be told apart ({reason}).",
        expected="Each row should have one value for each column.",
        action="Look at the rows from this line on, repair them and {again}.",
    )
