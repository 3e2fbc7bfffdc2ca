"""Has local mode change moto and takes it back, in a process of its own; tells what it saw as JSON.

Called by test_patches.py with a folder for the homes.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from local import patches
from local.aws import REGION, LocalAws

# werkzeug sets it in the class when a server starts.
NOT_OURS = "moto.moto_server.werkzeug_app.MotoRequestHandler.protocol_version"
# They give the same list or dictionary each time.
ASKED = {
    f"moto.cloudformation.parsing.{name}"
    for name in ("get_model_list", "get_model_map", "get_name_type_map")
}


def main(folder: Path) -> None:
    """Does it twice, for what was taken back can be done again."""
    listed_before = patches.listed()
    before = dict(entries())
    rounds = [changed_and_back(folder / name, before) for name in ("first", "second")]
    told = {
        "before": len(listed_before),
        "rounds": rounds,
        "plain_moto_works": plain_moto_works(),
    }
    json.dump(told, sys.stdout)


def changed_and_back(home: Path, before: dict[str, Any]) -> dict[str, list[str]]:
    aws = LocalAws(home, keeping=True)
    aws.start()
    changed = different(before)
    listed = patches.listed()
    aws.stop()
    patches.undo_all()
    return {
        "changed": changed,
        "listed": sorted({p.target for p in listed if p.target.startswith("moto.")}),
        "by": sorted({patch.by for patch in listed}),
        "left": different(before) + [patch.target for patch in patches.listed()],
    }


def entries() -> Iterator[tuple[str, Any]]:
    """All that moto's modules and classes have, and the items of its lists and dictionaries."""
    for module_name, module in sorted(sys.modules.items()):
        if module_name.partition(".")[0] != "moto":
            continue
        for name, value in list(vars(module).items()):
            yield f"{module_name}.{name}", value
            if isinstance(value, type) and value.__module__ == module_name:
                for inner, entry in list(vars(value).items()):
                    yield f"{module_name}.{name}.{inner}", entry
            yield from items(f"{module_name}.{name}", value)


def items(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if name in ASKED:
        yield from items(f"{name}()", value())
    elif type(value) is dict:
        yield from ((f"{name}[{key!r}]", item) for key, item in value.items())
    elif type(value) is list:
        yield from ((f"{name}[{item!r}]", True) for item in value)


def different(before: dict[str, Any]) -> list[str]:
    nothing, now = object(), dict(entries())
    return sorted(
        name
        for name in before.keys() | now.keys()
        if before.get(name, nothing) is not now.get(name, nothing) and name != NOT_OURS
    )


def plain_moto_works() -> bool:
    """Whether moto does what it can, and can't do what local mode had added."""
    with mock_aws():
        sagemaker = boto3.client("sagemaker", REGION)
        sagemaker.create_training_job(
            TrainingJobName="job",
            RoleArn="arn:aws:iam::123456789012:role/nobodys",
            AlgorithmSpecification={"TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": "s3://nowhere"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 1},
        )
        status = sagemaker.describe_training_job(TrainingJobName="job")["TrainingJobStatus"]
        try:
            sagemaker.stop_training_job(TrainingJobName="job")
        except NotImplementedError:  # moto's own answer: it has no StopTrainingJob
            return bool(status == "Completed")
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]))
