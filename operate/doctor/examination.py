"""All checks, in the order in which they are shown."""

from collections.abc import Iterator

from operate.doctor.account_checks import ACCOUNT_CHECKS
from operate.doctor.delivery_checks import DELIVERY_CHECKS
from operate.doctor.finding import Check, Finding, looked_into
from operate.doctor.patient import Patient
from operate.doctor.stack_checks import STACK_CHECKS, STATUS_CHECK
from operate.doctor.template_checks import TEMPLATE_CHECKS

BEFORE = (*TEMPLATE_CHECKS, *ACCOUNT_CHECKS, STATUS_CHECK)
AFTER = (*STACK_CHECKS, *DELIVERY_CHECKS)
# What is asked beside the checks: which resources the stack has.
_RIGHTS_BESIDE = ("cloudformation:ListStackResources",)


def checks_for(patient: Patient) -> tuple[Check, ...]:
    """Those that can be made: some need a stack that is there."""
    return (*BEFORE, *AFTER) if patient.stack else BEFORE


def examined(patient: Patient) -> Iterator[tuple[Check, Finding]]:
    """Each check with what it finds, one after the other."""
    for check in checks_for(patient):
        yield check, looked_into(check, patient)


def rights() -> list[str]:
    """All rights that the checks use, for who has to give them."""
    return sorted({*_RIGHTS_BESIDE, *(right for c in (*BEFORE, *AFTER) for right in c.rights)})
