"""Bounds how many of the functions that uploads call may run at once, as far as the account allows.

Without a bound, many uploads at once could use up the account's limit. Reserved concurrency is such
a bound, but it is taken from the account's limit, and AWS refuses it if too little is left (AWS
Lambda Developer Guide, "Configuring reserved concurrency"): 100, or all of the 10 that a new
account has. So it is requested here and not in the template, which could not be deployed there.
"""

from typing import Any

import boto3

from infra.custom_resource import Event, fulfil_and_answer


def handler(event: Event, _context: object) -> None:
    """Lambda's entry."""
    fulfil_and_answer(event, "codefree-concurrency", fulfil)


def fulfil(event: Event) -> dict[str, str] | None:
    """Bounds the functions and returns which, for the stack's outputs.

    When the stack is deleted, what was reserved goes with the functions.
    """
    if event["RequestType"] == "Delete":
        return None
    functions = boto3.client("lambda")
    wanted = event["ResourceProperties"]["Functions"]
    bounded = [f"{each['Step']} {each['AtOnce']}" for each in wanted if bound(functions, each)]
    return {"Bounded": ", ".join(bounded) or "none: the account's limit is too low"}


def bound(functions: Any, wanted: dict[str, str]) -> bool:
    """Reserves what is wanted for one function; False where the account does not have so much."""
    try:
        functions.put_function_concurrency(
            FunctionName=wanted["Name"], ReservedConcurrentExecutions=int(wanted["AtOnce"])
        )
    except functions.exceptions.InvalidParameterValueException:
        return False
    return True
