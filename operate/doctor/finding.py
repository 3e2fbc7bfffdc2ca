"""What one check found, and how what can't be asked becomes a finding too."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import DENIED, EXPIRED, CannotDo
from operate.doctor.patient import Patient
from operate.error_answer import error_answer

Mark = Literal["✓", "✗", "–"]
# A HEAD request is answered without words.
_DENIED = {*DENIED, "403"}
# What each service calls a resource that is not there.
_GONE = {
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NoSuchEntity",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "StateMachineDoesNotExist",
}
_RIGHT = re.compile(r"not authorized to perform: ([\w-]+:\w+)")


@dataclass(frozen=True)
class Finding:
    """``mark`` is ✓, ✗, or – where it could not be told; ``remedy`` is empty where nothing is to be
    done."""

    mark: Mark
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One question, how it is looked into, and the rights that it takes to ask it.

    ``of_stack``: it is about what the stack has made, so what is not there was deleted by hand.
    """

    name: str
    look: Callable[[Patient], Finding]
    rights: tuple[str, ...]
    of_stack: bool = False


def good(found: str, remedy: str = "") -> Finding:
    """It is as it should be."""
    return Finding("✓", found, remedy)


def bad(found: str, remedy: str) -> Finding:
    """It is not, and this is what to do."""
    return Finding("✗", found, remedy)


def unknown(found: str, remedy: str = "") -> Finding:
    """It can't be told, and this is why."""
    return Finding("–", found, remedy)


def looked_into(check: Check, patient: Patient) -> Finding:
    """What the check finds; a right that the person lacks is a finding, not the end.

    Raises:
        ClientError: AWS does not take the credentials any more, so nothing more can be asked.
    """
    try:
        return check.look(patient)
    except ClientError as error:
        answer = error_answer(error)
        if answer.code in EXPIRED:
            raise
        if answer.code in _DENIED:
            return _lacking(answer.message, check)
        if check.of_stack and answer.code in _GONE:
            return _gone(answer.message)
        return unknown(
            f"AWS answers {answer.code}: {answer.message}", "Run codefree doctor again later."
        )
    except (BotoCoreError, CannotDo) as error:
        return unknown(str(error))
    except (ValueError, LookupError, TypeError) as error:
        return unknown(
            f"The answer or the template has an unexpected form ({type(error).__name__}: {error}).",
            "If this is a Codefree stack, please report an issue.",
        )


def _lacking(message: str, check: Check) -> Finding:
    named = _RIGHT.search(message)
    right = named[1] if named else " or ".join(check.rights)
    return unknown(
        f"You lack the permission {right}.", "Ask the account's administrator, or continue without."
    )


def _gone(message: str) -> Finding:
    return bad(
        f"Part of the stack was deleted manually. AWS says: {message}",
        "An update does not recreate it: run codefree destroy, then deploy again.",
    )
