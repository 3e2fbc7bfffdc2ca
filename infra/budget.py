"""Makes the budget that warns of a month's bill, whatever region the stack is in.

CloudFormation knows AWS::Budgets::Budget in two thirds of the regions, and refuses a template that
names it in the others.
"""

from typing import Any

import boto3

from infra.custom_resource import Event, fulfil_and_answer


def handler(event: Event, _context: object) -> None:
    """Lambda's entry."""
    fulfil_and_answer(event, event["ResourceProperties"]["Name"], fulfil)


def fulfil(event: Event) -> None:
    """Makes the budget as it is wanted now, or removes it."""
    properties, budgets = event["ResourceProperties"], boto3.client("budgets")
    remove(budgets, properties)
    if event["RequestType"] != "Delete":
        make(budgets, properties)


def remove(budgets: Any, properties: dict[str, str]) -> None:
    """Removes the budget if there is one."""
    try:
        budgets.delete_budget(AccountId=properties["Account"], BudgetName=properties["Name"])
    except budgets.exceptions.NotFoundException:
        return


def make(budgets: Any, properties: dict[str, str]) -> None:
    """Makes the budget: it warns above 80% of the amount, and when all of it is forecast."""
    tag = properties.get("CostTag")
    budgets.create_budget(
        AccountId=properties["Account"],
        Budget={
            "BudgetName": properties["Name"],
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": properties["Amount"], "Unit": "USD"},
            "CostFilters": {"TagKeyValue": [tag]} if tag else {},
        },
        NotificationsWithSubscribers=[
            notification("ACTUAL", 80, properties["Topic"]),
            notification("FORECASTED", 100, properties["Topic"]),
        ],
        ResourceTags=[{"Key": "codefree:stack", "Value": properties["Stack"]}],
    )


def notification(kind: str, percentage: int, topic: str) -> dict[str, Any]:
    """A warning to the topic when that much of the amount is exceeded."""
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percentage,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "SNS", "Address": topic}],
    }
