"""What the e-mails have in common: the names that may be in them, and links to the console."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken
from lambdas.pages.daily_mails import MOST_A_DAY

# Letters of any script, digits, the space, _ and -: nothing that could pass for a link or a line.
_PLAIN_NAME = re.compile(r"[\w -]{1,60}")


def are_plain(*names: str) -> bool:
    """Whether none of the names, which people have given, can pass for a link or a sentence."""
    return all(_PLAIN_NAME.fullmatch(name) for name in names)


def subject_about(name: str, named: str, unnamed: str) -> str:
    """The subject ``named`` if the ``name`` in it may be there, else the one without it. SNS takes
    100 characters of ASCII (API reference, Publish)."""
    return named if name.isascii() and are_plain(name) else unnamed


def object_link(bucket: Bucket, key: str, execution: str) -> str:
    """A line with the address of an object in the console, in the region of the ``execution``."""
    console, region = _console(execution)
    return f"  {console}/s3/object/{bucket.name}?region={region}&prefix={quote(key, safe='')}"


def execution_address(execution: str) -> str:
    """The address of an execution, which is named by its ARN, in the console."""
    console, region = _console(execution)
    return f"{console}/states/home?region={region}#/v2/executions/details/{execution}"


def mail_of_success(parts: Iterable[str], execution: str, *, is_last: bool) -> str:
    """The text of a mail about what is done: its ``parts`` that are not empty, and the execution.
    ``is_last`` says that no other follows on this day."""
    told = [*parts, spoken("The execution: {address}", address=execution_address(execution))]
    if is_last:
        told.append(
            spoken(
                "This is the last of {most} mails about finished runs and predictions of this day "
                "(UTC). Later ones are not mailed: codefree status lists all of them.",
                most=MOST_A_DAY,
            )
        )
    return "\n\n".join(filter(None, told)) + "\n"


def _console(execution: str) -> tuple[str, str]:
    region = execution.split(":")[3]
    return f"https://{region}.console.aws.amazon.com", region
