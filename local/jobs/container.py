"""The contract between SageMaker and a container, kept with folders of this machine.

Every job gets a folder that stands for ``/opt/ml``. Sources: Amazon SageMaker AI Developer Guide,
"How Amazon SageMaker AI provides training information", "… processes training output" and "Build
your own processing container"; the sagemaker-training toolkit for script mode.
"""

import json
import os
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.jobs.job import Job
from local.jobs.program import Program
from local.jobs.script_mode import HOST, ErrorLines, ScriptMode

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ROOT = "/opt/ml"
# Packing is on the way of every run; the model's trees hardly get smaller by trying harder.
_COMPRESS_LEVEL = 1
_LONGEST_TOLD = 1024


class Container:
    """The folder of one job, filled before its program starts and emptied to S3 afterwards."""

    def __init__(
        self,
        job: Job,
        folder: Path,
        s3: "S3Client",
        script_mode: ScriptMode,
        cpus: int,
        memory_gib: int,
    ) -> None:
        self._job = job
        self._script_mode = script_mode
        self._folder = folder
        self._s3 = s3
        self._cpus = cpus
        self._memory_gib = memory_gib

    def download(self) -> None:
        """Fetches the job's inputs and code."""
        for name in ("code", "model", "output/data", "input/config"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        if self._job.kind == "Training":
            for channel in self._job.request["InputDataConfig"]:
                uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
                self._fetch(uri, self._folder / "input" / "data" / channel["ChannelName"])
            code = self._code()
            self._script_mode.unpack(code, self._folder)
            self._write_config(code)
        else:
            for source in self._job.request["ProcessingInputs"]:
                local_path = source["S3Input"]["LocalPath"]
                self._fetch(source["S3Input"]["S3Uri"], self._here(local_path))
            for output in self._job.request["ProcessingOutputConfig"]["Outputs"]:
                self._here(output["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        """What the container would start, with its paths led into the job's folder."""
        if self._job.kind == "Processing":
            return self._processing()
        own = {"TRAINING_JOB_NAME": self._job.name}
        return self._script_mode.program(self._folder, self._environment(own))

    def exit_code(self, program: Program, code: int, said: ErrorLines) -> int:
        """The container's exit code, once its program has ended with ``code``, -N for signal N."""
        if self._job.kind == "Training":
            return self._script_mode.exit_code(self._folder, program, code, said)
        return 128 - code if code < 0 else code

    def upload(self) -> None:
        """Sends what the program left to where the job's request says."""
        if self._job.kind == "Training":
            self._upload_model()
            return
        for output in self._job.request["ProcessingOutputConfig"]["Outputs"]:
            folder = self._here(output["S3Output"]["LocalPath"])
            bucket, prefix = _bucket_and_key(output["S3Output"]["S3Uri"])
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                key = f"{prefix.rstrip('/')}/{path.relative_to(folder).as_posix()}"
                self._upload(path, bucket, key)

    def message(self) -> str:
        """What was left for people: training's failure, or the first KB of processing's message.

        Raises:
            UnicodeDecodeError: the file is no UTF-8.
        """
        name = "failure" if self._job.kind == "Training" else "message"
        path = self._folder / "output" / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if self._job.kind == "Training":
            return text[:_LONGEST_TOLD]
        return text.encode()[:_LONGEST_TOLD].decode(errors="ignore")

    def remove(self) -> None:
        """Deletes the folder, as an instance is gone with its job."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _processing(self) -> Program:
        app = self._job.request["AppSpecification"]
        command = [
            self._led_here(word)
            for word in [*app["ContainerEntrypoint"], *app.get("ContainerArguments", [])]
        ]
        given = self._job.request.get("Environment", {})
        environment = {name: self._led_here(value) for name, value in given.items()}
        return Program(command, self._environment(environment), self._folder)

    def _environment(self, own: dict[str, str]) -> dict[str, str]:
        """The job's variables on top of what any process needs.

        AutoGluon reads the machine, not the share of it that this job gets, unless it is told
        (``AG_CPU_COUNT`` and ``AG_MEMORY_LIMIT_IN_GB`` of autogluon.common).
        """
        # The container's own interpreter comes first, under the names that a container knows.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return {
            "PATH": path,
            "HOME": os.environ.get("HOME", "/tmp"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self._folder / "code"),
            "PYTHONUNBUFFERED": "1",
            "SM_NUM_CPUS": str(self._cpus),
            "AG_CPU_COUNT": str(self._cpus),
            "AG_MEMORY_LIMIT_IN_GB": str(self._memory_gib),
            **own,
        }

    def _fetch(self, uri: str, target: Path) -> None:
        """Downloads every key that begins with ``uri``, which is what S3Prefix means."""
        bucket, prefix = _bucket_and_key(uri)
        target.mkdir(parents=True, exist_ok=True)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        if not keys:
            raise FileNotFoundError(f"No S3 objects found under S3 URL {uri!r}")
        parent = prefix[: prefix.rfind("/") + 1]
        for key in keys:
            path = target / key.removeprefix(parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._download(bucket, key, path)

    def _code(self) -> Path:
        """The archive with script mode's code, which lies in S3 or in a channel."""
        place = self._job.request["HyperParameters"]["sagemaker_submit_directory"].strip('"')
        if not place.startswith("s3://"):
            return self._here(place)
        archive = self._folder / "input" / "sourcedir.tar.gz"
        self._download(*_bucket_and_key(place), archive)
        return archive

    def _write_config(self, code: Path) -> None:
        """The files that SageMaker writes for the container, as its Developer Guide has them."""
        given = self._job.request["HyperParameters"]
        group = {
            "instance_group_name": "homogeneousCluster",
            # What the SageMaker SDK's local mode calls the machine that it stands on.
            "instance_type": "local",
            "hosts": [HOST],
        }
        config = {
            "hyperparameters": given | {"sagemaker_submit_directory": str(code)},
            "inputdataconfig": {
                channel["ChannelName"]: {
                    "TrainingInputMode": "File",
                    "S3DistributionType": "FullyReplicated",
                    "RecordWrapperType": "None",
                    **{k: v for k, v in channel.items() if k == "ContentType"},
                }
                for channel in self._job.request["InputDataConfig"]
            },
            "resourceconfig": {
                "current_host": HOST,
                "current_instance_type": group["instance_type"],
                "current_group_name": group["instance_group_name"],
                "hosts": [HOST],
                "instance_groups": [group],
                "network_interface_name": "eth0",
            },
        }
        for name, content in config.items():
            path = self._folder / "input" / "config" / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")

    def _upload_model(self) -> None:
        archive = self._folder / "model.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=_COMPRESS_LEVEL) as packed:
            packed.add(self._folder / "model", arcname=".")
        artifact = self._job.description()["ModelArtifacts"]["S3ModelArtifacts"]
        self._upload(archive, *_bucket_and_key(artifact))

    def _download(self, bucket: str, key: str, path: Path) -> None:
        with path.open("wb") as file:
            shutil.copyfileobj(self._s3.get_object(Bucket=bucket, Key=key)["Body"], file)

    def _upload(self, path: Path, bucket: str, key: str) -> None:
        """In one request: within one machine, parts would only be put together again."""
        with path.open("rb") as file:
            self._s3.put_object(Bucket=bucket, Key=key, Body=file)

    def _here(self, path: str) -> Path:
        return Path(self._led_here(path))

    def _led_here(self, text: str) -> str:
        return text.replace(_ROOT, str(self._folder))


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
