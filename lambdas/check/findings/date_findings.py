"""What is to be said of columns of dates: how the training will read them."""

from typing import Literal

from lambdas.check.findings.catalogue.date_finding import DateFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.date_forms import as_read
from lambdas.check.reading.fact import Phrase

_NEARLY_ALL = 0.95


def date_findings(column: ColumnProfile) -> list[Finding]:
    """The findings on the dates of a column; none where it holds something else."""
    dates = column.dates
    if column.kind != "text":
        return []
    if dates.rows["time"] >= _NEARLY_ALL * column.present:
        return [
            found(
                DateFinding.times_of_day, column=column.name, example=dates.examples["time"].strip()
            )
        ]
    if not column.is_date:
        return [_dates_and_texts(column)] if column.is_read_as_dates else []
    told = [_unread(column), _order(column) if column.is_read_as_dates else None]
    return [finding for finding in told if finding] or [
        found(
            DateFinding.dates,
            case="read" if column.is_read_as_dates else "few",
            column=column.name,
            dates=dates.count,
            rows=column.rows,
        )
    ]


def date_pair_findings(train: ColumnProfile, test: ColumnProfile, file: str) -> list[Finding]:
    """The findings on the dates in the test file, where the train file, called ``file``, has dates,
    too: those that the train file has not, and that day and month are the other way round."""
    if not (train.is_date and test.is_date):
        return []
    told = {finding.code for finding in date_findings(train)}
    findings = [
        finding
        for finding in date_findings(test)
        if finding.severity != "note" and finding.code not in told
    ]
    here, there = _comes_first(test), _comes_first(train)
    if here and there and here != there:
        findings.append(
            found(
                DateFinding.dates_differ,
                case=here,
                column=test.name,
                train=file,
                here=test.dates.examples[here].strip(),
                there=train.dates.examples[there].strip(),
            )
        )
    return findings


def _comes_first(column: ColumnProfile) -> Literal["day_first", "month_first"] | None:
    """Whether the day or the month comes first; None where that can't be told, or both do."""
    is_day, is_month = column.dates.rows["day_first"] > 0, column.dates.rows["month_first"] > 0
    if is_day == is_month:
        return None
    return "day_first" if is_day else "month_first"


def _unread(column: ColumnProfile) -> Finding | None:
    if not column.dates.rows["unread"]:
        return None
    return found(
        DateFinding.dates_unread,
        case="mean" if column.is_read_as_dates else "names",
        column=column.name,
        unread=column.dates.rows["unread"],
        present=column.present,
        example=column.dates.examples["unread"].strip(),
    )


def _order(column: ColumnProfile) -> Finding | None:
    """The warning on dates whose numbers the training may take for each other."""
    rows, examples = column.dates.rows, column.dates.examples
    either = examples.get("either", "").strip()
    if rows["short"]:
        short = examples["short"].strip()
        return found(
            DateFinding.dates_of_short_years,
            column=column.name,
            example=short,
            read=as_read(short),
            also=Phrase("either", text=either, meaning=as_read(either)) if either else None,
        )
    if not either:
        return None
    if rows["day_first"]:
        return found(
            DateFinding.dates_day_first,
            case="both" if rows["month_first"] else "alone",
            column=column.name,
            first=examples["day_first"].strip(),
            other=examples.get("month_first", "").strip(),
            example=either,
            read=as_read(either),
            rows=rows["either"],
        )
    if rows["month_first"]:
        return None
    return found(
        DateFinding.dates_unclear, column=column.name, example=either, read=as_read(either)
    )


def _dates_and_texts(column: ColumnProfile) -> Finding:
    dates = column.dates
    return found(
        DateFinding.dates_and_texts,
        column=column.name,
        dates=dates.count,
        texts=column.present - dates.count,
        examples=Phrase("such_as", texts=dates.others) if dates.others else None,
    )
