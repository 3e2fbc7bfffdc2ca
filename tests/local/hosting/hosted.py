"""Models behind endpoints, made and asked by plain AWS clients."""

import io
import itertools
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import WaiterError

from tests.local.roles import policy_text

_CODE = Path(__file__).with_name("inference.py")
IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023"
ROLE = "arn:aws:iam::123456789012:role/{}"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
RIGHTS = {
    "Effect": "Allow",
    "Action": ["s3:*", "ecr:*", "logs:*"],
    "Resource": "*",
}
# A lost request is to be seen, not sent once more.
ONCE = Config(retries={"total_max_attempts": 1}, max_pool_connections=30)
_numbers = itertools.count(1)


def archive(version: str = "1", code: str | None = None, **more: str) -> bytes:
    """A model.tar.gz whose handler is the stand-in, or other ``code``."""
    files = {"code/inference.py": code or _CODE.read_text(), "version": version, **more}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            packed.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


class Hosts:
    """What it takes to host models: clients, a bucket and a role."""

    def __init__(self, client: Any, bucket: str, role: str) -> None:
        self.s3 = client("s3", config=ONCE)
        self.sagemaker = client("sagemaker", config=ONCE)
        self.runtime = client("sagemaker-runtime", config=ONCE)
        self.iam = client("iam", config=ONCE)
        self.bucket, self.role = bucket, ROLE.format(role)
        self.s3.create_bucket(Bucket=bucket)
        self.make_role()

    def make_role(self) -> None:
        role = self.role.rpartition("/")[2]
        self.iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy_text(TRUST))
        self.iam.put_role_policy(
            RoleName=role, PolicyName="host", PolicyDocument=policy_text(RIGHTS)
        )

    def model(self, content: bytes, **more: Any) -> str:
        """A model from a new archive; returns its name."""
        name = f"model-{next(_numbers)}"
        self.s3.put_object(Bucket=self.bucket, Key=f"{name}/model.tar.gz", Body=content)
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=self.role,
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": f"s3://{self.bucket}/{name}/model.tar.gz",
                **more,
            },
        )
        return name

    def config(self, model: str, **variant: Any) -> str:
        """A configuration that serves the model; returns its name."""
        name = f"config-{next(_numbers)}"
        machine = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {"VariantName": "AllTraffic", "ModelName": model, **(variant or machine)}
            ],
        )
        return name

    def start(self, config: str) -> str:
        """An endpoint that is being made; returns its name."""
        name = f"endpoint-{next(_numbers)}"
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
        return name

    def endpoint(self, content: bytes, **variant: Any) -> str:
        """An endpoint that serves a new archive; returns its name."""
        name = self.start(self.config(self.model(content), **variant))
        self.wait("endpoint_in_service", name)
        return name

    def wait(self, event: str, name: str) -> None:
        waiter = self.sagemaker.get_waiter(event)
        waiter.wait(EndpointName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})

    def wait_until_failed(self, name: str) -> None:
        with pytest.raises(WaiterError):
            self.wait("endpoint_in_service", name)
        assert self.described(name)["EndpointStatus"] == "Failed"

    def described(self, name: str) -> dict[str, Any]:
        return dict(self.sagemaker.describe_endpoint(EndpointName=name))

    def ask(self, name: str, body: bytes | str = b"a,b\n", **more: Any) -> Any:
        """What the stand-in tells of one request."""
        answer = self.invoke(name, body, **more)
        return json.loads(answer["Body"].read())

    def invoke(self, name: str, body: bytes | str = b"a,b\n", **more: Any) -> Any:
        asked = {"ContentType": "text/csv", "Accept": "application/json"} | more
        return self.runtime.invoke_endpoint(EndpointName=name, Body=body, **asked)

    def delete(self, name: str) -> None:
        self.sagemaker.delete_endpoint(EndpointName=name)
        self.wait("endpoint_deleted", name)
