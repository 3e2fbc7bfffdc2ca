"""Findings on columns of dates."""

from lambdas.check.findings.catalogue.entry import Entry, Family

_REWRITE = "Write the dates like 2024-03-05 in {both} and {both_again}."


class DateFinding(Family):
    """Dates among the columns to predict from."""

    dates = Entry(
        severity="note",
        seen={
            "read": "The column holds dates.",
            "few": "The column holds dates, in {dates:,} of {rows:,} rows.",
        },
        expected={
            "read": "The training takes the point in time, year, month, day and weekday from them.",
            "few": "The training takes a column for dates where a fifth of the rows or more have "
            "one; here it takes them for names.",
        },
        action={
            "read": "Nothing has to be done.",
            "few": "If they matter, write year and month into columns of their own, as numbers.",
        },
    )
    dates_day_first = Entry(
        severity="warning",
        seen={
            "alone": "The column holds dates with the day first, such as {first:quoted}.",
            "both": "Some dates have the day first, such as {first:quoted}, and others the month, "
            "such as {other:quoted}.",
        },
        expected={
            "alone": "The training reads the month first wherever that is possible: "
            "{example:quoted} as {read}. {rows:,} {rows:row is|rows are} read wrong.",
            "both": "The training reads the month first wherever that is possible: "
            "{example:quoted} as {read}. What {rows:,} {rows:row means|rows mean} can't be known.",
        },
        action=_REWRITE,
    )
    dates_unclear = Entry(
        severity="warning",
        seen="Day and month can't be told apart in any of these dates, such as {example:quoted}.",
        expected="The training reads the month first: this one as {read}.",
        action="If the day comes first, write the dates like 2024-03-05 in {both} and "
        "{both_again}.",
    )
    dates_of_short_years = Entry(
        severity="warning",
        seen="The column holds dates with two digits for the year, such as {example:quoted}.",
        expected="The training reads this one as {read}.{also}",
        action="If that is wrong, write the dates like 2024-03-05 in {both} and {both_again}.",
        phrases={"also": {"either": " It reads {text:quoted} as {meaning}."}},
    )
    dates_unread = Entry(
        severity="warning",
        seen="{unread:,} of {present:,} {present:value|values} "
        "{unread:is a date that|are dates that} the training can't read, such as {example:quoted}.",
        expected={
            "names": "It takes the values of the column for names: which one comes earlier, or in "
            "which month, is lost.",
            "mean": "It takes {unread:it|them} for the mean of the other dates.",
        },
        action=_REWRITE,
    )
    dates_and_texts = Entry(
        severity="warning",
        seen="{dates:,} {dates:value is a date|values are dates}, and {texts:,} "
        "{texts:is|are} not{examples}.",
        expected="The training takes the column for dates, and what it can't read for the mean of "
        "the others.",
        action="Move what is not a date into a column of its own, in {both}, and {both_again}.",
        phrases={"examples": {"such_as": ", such as {texts:3 quoted}"}},
    )
    times_of_day = Entry(
        severity="warning",
        seen="The column holds times of day, such as {example:quoted}.",
        expected="The training takes them for times on the day on which it runs, and a later "
        "prediction for times on its own day.",
        action="Write them as numbers, such as 15.5 for 15:30, in {both} and {both_again}.",
    )
    dates_differ = Entry(
        severity="warning",
        seen={
            "day_first": "The dates have the day first, such as {here:quoted}; in {train} they "
            "have the month first, such as {there:quoted}.",
            "month_first": "The dates have the month first, such as {here:quoted}; in {train} they "
            "have the day first, such as {there:quoted}.",
        },
        expected="The training reads {both} in the same way, each date with the month first "
        "wherever that is possible.",
        action=_REWRITE,
    )
