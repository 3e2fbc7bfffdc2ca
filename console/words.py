"""What went wrong, in words: no stack trace reaches a page."""

from botocore.exceptions import BotoCoreError, ClientError

from console.language import spoken
from operate.account import Account, CannotDo, explained


def words_for(error: Exception, account: Account) -> str:
    """Why it can't be done, and what to do."""
    if isinstance(error, BotoCoreError | ClientError):
        try:
            with explained(account):
                raise error
        except CannotDo as reason:
            return str(reason)
    if isinstance(error, CannotDo):
        return str(error)
    return spoken(
        "The console itself has failed here. The terminal that it runs in has the details; please "
        "report them."
    )
