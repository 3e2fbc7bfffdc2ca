"""Bounds how many of the functions that uploads call may run at once, as far as the account allows.

Without a bound, many uploads at once could take all that the account's functions have. A reserve
is such a bound, but it is taken from the account's own limit, and AWS refuses one that leaves too
little (AWS Lambda Developer Guide, "Configuring reserved concurrency"): 100, or all that there is
in a new account, which has 10. So it is asked for here, not in the template, which could not be
deployed there. The build puts custom_resource.py before this.
"""

import boto3


def handler(event, context):
    """Lambda's entry."""
    answering(event, "codefree-concurrency", fulfil)


def fulfil(event):
    """Bounds the functions; tells which, for the stack's outputs.

    When the stack is deleted, what was reserved goes with the functions.
    """
    if event["RequestType"] == "Delete":
        return None
    functions = boto3.client("lambda")
    wanted = event["ResourceProperties"]["Functions"]
    bounded = [f"{each['Step']} {each['AtOnce']}" for each in wanted if bound(functions, each)]
    return {"Bounded": ", ".join(bounded) or "none: the account's limit is too low"}


def bound(functions, wanted):
    """Reserves what is wanted for one function, where the account has so much to spare."""
    try:
        functions.put_function_concurrency(
            FunctionName=wanted["Name"], ReservedConcurrentExecutions=int(wanted["AtOnce"])
        )
    except functions.exceptions.InvalidParameterValueException:
        return False
    return True
