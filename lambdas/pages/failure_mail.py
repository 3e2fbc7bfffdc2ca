"""The e-mail about a failed run: in our own words.

Whoever may upload files can make runs fail with names and values of their choice. None of these is
in the mail, or it could be made to say anything in our name; the page beside the results has them.
"""

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import PREDICTIONS, RESULTS, ROWS, UPLOADS
from lambdas.language import spoken, to_speak
from lambdas.pages.daily_mails import MOST_A_DAY
from lambdas.pages.failure_page import Failure
from lambdas.pages.mail_parts import are_plain

_KINDS = {
    "PairRejected": to_speak("The data, or what was asked for, can't be used as it is."),
    "RowsRejected": to_speak("The new rows can't be predicted as they are."),
    "CodeUnusable": to_speak("The training code in the bucket can't be used."),
    "ModelUnusable": to_speak("The approved model can't be used any more."),
    "UploadMisnamed": to_speak("Its name does not tell which dataset it belongs to."),
    "BudgetTooSmall": to_speak("A limit on cost leaves no room for what is needed."),
    "JobFailed": to_speak("One of its jobs failed."),
    "ResultsMissing": to_speak("One of its jobs left no results."),
    "NotAllowed": to_speak("AWS did not allow a step to do what it needs to."),
    "KeptDataBroken": to_speak("What Codefree keeps in its own folder in the bucket was changed."),
    "TryAgain": to_speak("AWS was busy for too long."),
}
_REASON = to_speak("The reason is on the page failure.html:")
_REASON_OF_PREDICTION = to_speak("The reason is on this page:")
_SUPERSEDED = to_speak(
    "A newer upload of the file was predicted meanwhile, or has a page of its own, so nothing has "
    "to be done about this one. The reason is in the execution."
)
_BY_STATUS = {
    "ABORTED": to_speak("Somebody stopped it."),
    "TIMED_OUT": to_speak("It ran out of time."),
}


def mail_subject(failure: Failure) -> str:
    """The mail's subject, which may have 100 characters of ASCII (SNS, Publish): it is English,
    whatever language the mail is in."""
    if failure.is_about_a_name:
        uploads = UPLOADS if failure.file is None else ROWS
        return f"Codefree: a file in {uploads} was not used"
    if failure.file is not None:
        return f"Codefree: a prediction has failed at {failure.step or 'its start'}"
    return f"Codefree: a run has failed at {failure.step or 'its start'}"


def failure_mail(failure: Failure, bucket: Bucket, is_last: bool) -> str:
    """The mail's text; ``is_last`` says that no other follows on this day."""
    paragraphs = [
        _headline(failure),
        spoken(_kind(failure)),
        *_where_and_how(failure, bucket),
        spoken("The execution: {address}", address=failure.console),
    ]
    if is_last:
        last = spoken(
            "This is the last of {most} mails of this day (UTC). Runs and predictions that fail "
            "later today are not mailed: codefree status lists all of them, and their pages are in "
            "results/ and predictions/.",
            most=MOST_A_DAY,
        )
        paragraphs.append(last)
    return "\n\n".join(paragraphs) + "\n"


def _where_and_how(failure: Failure, bucket: Bucket) -> list[str]:
    """Where the reason is, the cost, and how to go on."""
    if failure.is_superseded:
        return [spoken(_SUPERSEDED), failure.cost]
    command = f"\n\n  {failure.redrive}" if failure.is_redrivable else ""
    return [
        spoken(_REASON if failure.file is None else _REASON_OF_PREDICTION),
        f"  {_page(failure, bucket)}",
        failure.cost,
        f"{failure.what_to_do}{command}",
    ]


def _headline(failure: Failure) -> str:
    if failure.is_about_a_name:
        return failure.headline
    named = f"{failure.dataset}: " if _has_plain_names(failure) else ""
    return f"{named}{failure.ending}"


def _has_plain_names(failure: Failure) -> bool:
    """Whether neither the dataset's name nor the file's can pass for a link or a sentence."""
    return are_plain(failure.dataset, failure.file or "rows")


def _kind(failure: Failure) -> str:
    return (
        _BY_STATUS.get(failure.status)
        or _KINDS.get(failure.error)
        or to_speak("A step ended with an error.")
    )


def _page(failure: Failure, bucket: Bucket) -> str:
    if _has_plain_names(failure):
        return bucket.uri(failure.page_key)
    if failure.file is not None:
        return spoken(
            "in the folder of the dataset, below {predictions}", predictions=bucket.uri(PREDICTIONS)
        )
    return spoken(
        "in the folder {run} of the dataset, below {results}",
        run=failure.run,
        results=bucket.uri(RESULTS),
    )
