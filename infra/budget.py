"""Makes the budget that warns of a month's bill, whatever region the stack is in.

CloudFormation knows AWS::Budgets::Budget in two thirds of the regions, and refuses a template that
names it in the others. The build puts custom_resource.py before this.
"""

import boto3


def handler(event, context):
    """Lambda's entry."""
    answering(event, event["ResourceProperties"]["Name"], fulfil)


def fulfil(event):
    """Makes the budget as it is wanted now, or removes it."""
    properties, budgets = event["ResourceProperties"], boto3.client("budgets")
    remove(budgets, properties)
    if event["RequestType"] != "Delete":
        make(budgets, properties)


def remove(budgets, properties):
    """Removes the budget if there is one."""
    try:
        budgets.delete_budget(AccountId=properties["Account"], BudgetName=properties["Name"])
    except budgets.exceptions.NotFoundException:
        return


def make(budgets, properties):
    """Makes the budget: it warns above 80% of the amount, and when all of it is expected."""
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


def notification(kind, percentage, topic):
    """A warning to the topic when that much of the amount is passed."""
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percentage,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "SNS", "Address": topic}],
    }
