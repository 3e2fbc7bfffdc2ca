"""Stacks whose jobs run a quick stand-in, and what is in them."""

import functools
import io
import itertools
import tarfile
from pathlib import Path
from typing import Any

import boto3
from moto.events.models import Rule, events_backends

from local.aws import REGION, LocalAws
from local.stack import Stack, deploy

NO_LIMITS = {"DailyCostLimit": "1000000", "MonthlyCostLimit": "1000000", "RunsAtOnce": "1000"}
_STAND_IN = Path(__file__).parent / "stand_in"
_numbers = itertools.count(1)


def stack_with_stand_in(aws: LocalAws, template: str, **parameters: str) -> Stack:
    """A new stack whose jobs run the quick stand-in, as a user's own training code."""
    number = next(_numbers)
    parameters = {"BucketName": f"bucket-{number}", **NO_LIMITS, **parameters}
    stack = deploy(aws, template, parameters, name=f"codefree-{number}")
    aws.s3.put_object(Bucket=stack.bucket, Key="source/sourcedir.tar.gz", Body=stand_in_code())
    return stack


def stand_in_code() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path in sorted(_STAND_IN.rglob("*.py")):
            archive.add(path, arcname=path.relative_to(_STAND_IN).as_posix())
    return buffer.getvalue()


def resources(aws: LocalAws, stack: Stack, kind: str | None = None) -> dict[str, str]:
    """What the stack made, all of it or one type: physical by logical names."""
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(
        StackName=stack.state_machine.rpartition(":")[2]
    )
    return {
        made["LogicalResourceId"]: made["PhysicalResourceId"]
        for page in pages
        for made in page["StackResourceSummaries"]
        if kind in (None, made["ResourceType"])
    }


def rules_of(aws: LocalAws, stack: Stack) -> dict[str, Rule]:
    """The stack's rules by their logical names."""
    names = resources(aws, stack, "AWS::Events::Rule")
    bus = events_backends["123456789012"]["us-east-1"].event_buses["default"]
    return {name: bus.rules[physical] for name, physical in names.items()}


@functools.cache
def client(aws: LocalAws, service: str, region: str = REGION) -> Any:
    """A client as anybody has it who has pasted what ``codefree up`` prints; one for all tests."""
    own = aws.credentials
    session: Any = boto3.Session(own.access_key, own.secret_key, region_name=region)
    return session.client(service, endpoint_url=aws.endpoint)
