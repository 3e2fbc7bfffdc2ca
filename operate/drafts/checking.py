"""The check of a draft, as a program of its own: what is to be checked comes in by one line of
JSON, what was found goes out by another.

It reads the tables in the bucket as the Lambda function does. It ends when whoever started it does:
its input is closed then.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from lambdas.bucket.bucket import Bucket
from lambdas.check.check_report import content_of
from lambdas.check.findings.finding import Finding, seen_in_a_sample
from lambdas.check.findings.vocabulary import CONSOLE
from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.reading.csv_format import Evidence, recognised_format
from lambdas.check.reading.source import Source, head_of
from lambdas.check.reading.unreadable import Unreadable
from lambdas.check.single_check import single_check
from lambdas.check_pair import planned_training, profile_state
from lambdas.checked_upload import source_of
from lambdas.uploads.pair import Upload
from lambdas.wish import Language, Wish
from operate.account import Account
from operate.drafts.settings import likely_target
from operate.home_key import Credentials
from operate.language import spoken_in
from operate.source_file import SECONDS

_MOST_COLUMNS = 300


class _Removed(Exception):
    """A table is not in the bucket any more."""


def main() -> None:
    """Answers one question."""
    question = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    try:
        answer = _answered(question)
    except _Removed:
        answer = {"removed": True}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # the thread still waits


def _end_with_the_asker() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _answered(question: Mapping[str, Any]) -> dict[str, Any]:
    key = question["account"].pop("key")
    account = Account(**question["account"], key=Credentials(*key) if key else None)
    bucket = Bucket(question["bucket"], account.s3)
    train, *test = [_source(bucket, table) for table in question["tables"]]
    lists = {"leave_out": tuple(question["wish"]["leave_out"])}
    wish, is_default = Wish(**question["wish"] | lists), question["target_is_default"]
    header = _header(train, wish.target)
    suggested = _suggested(header, test, wish.target) if is_default else None
    if suggested:
        wish = replace(wish, target=suggested)
    planned = planned_training(wish, target_is_default=is_default and not suggested)
    check = (
        pair_check(train, test[0], planned, lambda: SECONDS)
        if test
        else single_check(train, planned, lambda: SECONDS)
    )
    return _told(check.told_in(CONSOLE)) | {"header": header, "suggested": suggested}


def _suggested(header: list[str], test: list[Source], usual: str) -> str | None:
    """The column to predict where nobody has named one, and the files do not tell it either."""
    if not header or usual in header:
        return None
    tested = _header(test[0], usual) if test else header
    lacking = set(header) - set(tested)
    return None if len(lacking) == 1 else likely_target(header)


def _source(bucket: Bucket, table: Mapping[str, Any]) -> Source:
    upload = Upload(**table["upload"])
    source = source_of(bucket, upload, lambda _: _Removed())
    return replace(source, file=table["name"])


def _header(source: Source, target: str) -> list[str]:
    """The names of the columns, also where the check did not get beyond them."""
    try:
        return recognised_format(head_of(source), target, (), Evidence()).columns
    except Unreadable:
        return []


def _told(check: PairCheck) -> dict[str, Any]:
    profile = check.profile
    found = check.as_json()
    columns = list(profile.train.columns.values()) if profile else []
    return {
        "target": found["target"],
        "problem_type": found["problem_type"],
        "rows": [profile.train.rows, profile.test.rows] if profile else None,
        "profile": profile_state(profile) if profile else None,
        "columns": [_column(column) for column in columns[:_MOST_COLUMNS]],
        "more_columns": max(0, len(columns) - _MOST_COLUMNS),
        "findings": [_finding(finding) for finding in check.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "column": finding.column,
        "told": {language: _words(finding, language) for language in get_args(Language)},
    }


def _words(finding: Finding, language: str) -> list[str]:
    with spoken_in(cast("Language", language)):
        seen = f"{finding.seen} {finding.expected}".strip()
        if finding.sampled:
            seen += f" {seen_in_a_sample()}"
        return [finding.where, seen, finding.action]


def _column(column: ColumnProfile) -> dict[str, Any]:
    content = {}
    for language in get_args(Language):
        with spoken_in(language):
            content[language] = content_of(column)
    return {
        "name": column.name,
        "content": content,
        "missing": column.missing / column.rows if column.rows else 0.0,
        "distinct": column.distinct,
        "is_exact": column.is_distinct_exact,
        "range": [column.minimum, column.maximum] if column.numbers else None,
    }


if __name__ == "__main__":
    main()
