"""Runs whose models answer with their own name, registered as finished runs are."""

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from typing import Any

import typer.testing
from botocore.exceptions import ClientError

from codefree.cli import app
from lambdas.bucket.layout import digest_key, model_key, results_folder
from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.tags import tag_list
from lambdas.models.registry import NewModel, approve_model, list_models, register_model
from local.aws import LocalAws
from local.stack import Stack
from tests.local.uploads import put_past_policy

_ANSWERS = """
import json

def model_fn(folder):
    {load}
    return {name!r}

def transform_fn(model, body, content_type, accept):
    body = body if isinstance(body, str) else body.decode()
    rows = body.splitlines()
    if "bad" in body:
        raise ValueError("The row is bad.")
    if content_type == "application/jsonlines":
        line = json.dumps({{"prediction": model}})
        return "".join(f"{{line}}\\n" for _ in rows), content_type
    return "\\n".join(["prediction", *[model for _ in rows[1:]]]) + "\\n", "text/csv"
"""
ROWS = "size\n1\n2\n"


def archive(name: str, load: str = "pass") -> bytes:
    """A model that answers ``name`` for each row; ``load`` is run when it is loaded."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        code = _ANSWERS.format(name=name, load=load).encode()
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(code)
        packed.addfile(member, io.BytesIO(code))
    return buffer.getvalue()


def predictions(run: str) -> str:
    """What the model of the run answers to :data:`ROWS`."""
    return f"prediction\n{run}\n{run}\n"


@dataclass
class Served:
    """A dataset of a stack, with the models of its runs."""

    aws: LocalAws
    stack: Stack
    dataset: str

    @property
    def stack_name(self) -> str:
        """The stack's name."""
        return self.stack.state_machine.rpartition(":")[2]

    def finish_run(self, run: str, load: str = "pass", *, approve: bool = True) -> str:
        """What a run leaves that has finished; returns the key of its model."""
        job, body = f"codefree-{run}-train-0-0-0", archive(run, load)
        key = model_key(results_folder(self.dataset, run), job)
        put_past_policy(self.aws.s3, self.stack.bucket, key, body)
        head = self.aws.s3.head_object(Bucket=self.stack.bucket, Key=key)
        digest = {
            "Key": key,
            "VersionId": head["VersionId"],
            "Bytes": len(body),
            "Sha256": hashlib.sha256(body).hexdigest(),
        }
        kept = json.dumps(digest)
        put_past_policy(self.aws.s3, self.stack.bucket, digest_key(run, job), kept)
        new = NewModel(
            stack=self.stack_name,
            dataset=self.dataset,
            run=run,
            job=job,
            bucket=self.stack.bucket,
            image="763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1.6.3-cpu-amzn2023",
            metrics_sha256="0" * 64,
            report=None,
            facts={},
        )
        model = register_model(self.aws.sagemaker, new)
        if approve:
            self.approve(model.run)
        return key

    def approve(self, run: str) -> None:
        """Approves the model of the run."""
        models = list_models(self.aws.sagemaker, self.stack_name, self.dataset)
        [model] = [one for one in models if one.run == run]
        approve_model(self.aws.sagemaker, self.stack_name, model, "It is better.")

    def serve(self, *words: str, answer: str = "") -> typer.testing.Result:
        """``codefree serve`` of the dataset; ``answer`` is what is typed."""
        place = ("--endpoint-url", self.aws.endpoint, "--stack-name", self.stack_name)
        return typer.testing.CliRunner().invoke(
            app, ["serve", self.dataset, *words, *place], env={"COLUMNS": "200"}, input=answer
        )

    @property
    def arn(self) -> str:
        """The ARN of its endpoint, which there is."""
        name = endpoint_name(self.stack_name, self.dataset)
        return str(self.aws.sagemaker.describe_endpoint(EndpointName=name)["EndpointArn"])

    def tag(self, **tags: str) -> None:
        """Changes tags of its endpoint by hand."""
        changed = tag_list({f"codefree:{key}": value for key, value in tags.items()})
        self.aws.sagemaker.add_tags(ResourceArn=self.arn, Tags=changed)

    def made(self) -> dict[str, list[str]]:
        """The stack's endpoints, configurations and models, by their names."""
        sagemaker: Any = self.aws.sagemaker
        kinds = {
            "endpoints": "Endpoints",
            "endpoint_configs": "EndpointConfigs",
            "models": "Models",
        }
        found = {}
        for call, listed in kinds.items():
            pages = sagemaker.get_paginator(f"list_{call}").paginate()
            entries = [entry for page in pages for entry in page[listed]]
            found[call] = [
                next(value for key, value in entry.items() if key.endswith("Name"))
                for entry in entries
                if self._is_ours(next(v for k, v in entry.items() if k.endswith("Arn")))
            ]
        return found

    def _is_ours(self, arn: str) -> bool:
        try:
            tags = self.aws.sagemaker.list_tags(ResourceArn=arn)["Tags"]
        except ClientError:
            return False  # it was deleted meanwhile
        return {"Key": "codefree:stack", "Value": self.stack_name} in tags
