"""What one check found, and how what can't be asked becomes a finding too."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from operate.account import DENIED, EXPIRED, CannotDo
from operate.doctor.patient import Patient

Mark = Literal["✓", "✗", "–"]
# A HEAD request is answered without words.
_DENIED = {*DENIED, "403"}
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
    """One question, how it is looked into, and the rights that it takes to ask it."""

    name: str
    look: Callable[[Patient], Finding]
    rights: tuple[str, ...]


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
        code = error.response["Error"]["Code"]
        if code in EXPIRED:
            raise
        if code in _DENIED:
            return _lacking(error, check)
        message = error.response["Error"]["Message"]
        return unknown(f"AWS answers {code}: {message}", "Run codefree doctor again later.")
    except (BotoCoreError, CannotDo) as error:
        return unknown(str(error))


def _lacking(error: ClientError, check: Check) -> Finding:
    named = _RIGHT.search(error.response["Error"]["Message"])
    right = named[1] if named else " or ".join(check.rights)
    return unknown(
        f"You lack the right {right}.", "Ask whoever manages the account for it, or go on without."
    )
