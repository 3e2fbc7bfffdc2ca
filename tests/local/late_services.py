"""A local mode in a process of its own that loads moto without some services; tells what it saw as
JSON.

Called by test_moto_loading.py with a folder for the home.
"""

import json
import sys
from pathlib import Path

from local.moto_loading import load_moto

TEMPLATE = {
    "Resources": {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "queue"}},
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": []}},
        },
    }
}


def main(home: Path) -> None:
    load_moto()
    from local.aws import LocalAws
    from tests.local.stacks import client

    aws = LocalAws(home)
    aws.start()
    try:
        before = loaded()
        cloudformation = client(aws, "cloudformation")
        cloudformation.create_stack(StackName="any", TemplateBody=json.dumps(TEMPLATE))
        made = cloudformation.describe_stack_resources(StackName="any")["StackResources"]
        [network] = client(aws, "ec2").describe_vpcs(
            Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}]
        )["Vpcs"]
        told = {
            "before": before,
            "made": {one["ResourceType"]: one["ResourceStatus"] for one in made},
            "tags": {tag["Key"]: tag["Value"] for tag in network["Tags"]},
            "regions": [
                one["RegionName"] for one in client(aws, "ec2").describe_regions()["Regions"]
            ],
            "queues": client(aws, "batch").describe_job_queues()["jobQueues"],
        }
    finally:
        aws.stop()
    json.dump(told, sys.stdout)


def loaded() -> list[str]:
    names = ("moto.ec2.models", "moto.apigateway", "moto.batch.models", "openapi_spec_validator")
    return [name for name in names if name in sys.modules]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
