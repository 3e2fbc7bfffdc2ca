"""Why a file can't be read to its end: a code and facts, which the findings put into words."""

from typing import Any, Literal

from lambdas.check.reading.fact import Fact

Reason = Literal[
    "binary_file",
    "blank_before_quote",
    "comment_above_names",
    "damaged_gzip",
    "duplicate_column",
    "empty_file",
    "endless_row",
    "excel_file",
    "json_file",
    "long_column_name",
    "no_column_names",
    "no_header",
    "null_character",
    "one_column",
    "one_name_short",
    "open_quote",
    "packed_file",
    "second_header",
    "stray_quote",
    "title_above_names",
    "too_many_columns",
    "unknown_text",
    "unreadable_rows",
    "web_page",
]


class Unreadable(Exception):
    """A file that can't be read to its end; whoever opened it knows its name."""

    def __init__(
        self, code: Reason, *, line: int | None = None, column: str | None = None, **facts: Fact
    ) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.column = column
        self.facts: dict[str, Any] = facts
