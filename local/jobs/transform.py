"""A batch transform job: its model is served, asked for each object of the input, and ended.

Sources: Amazon SageMaker AI API reference, CreateTransformJob, TransformInput, TransformOutput;
Developer Guide, "Use your own inference code with batch transform"; the log's wording from public
reports (aws/amazon-sagemaker-examples, issue 1620).
"""

import gzip
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError

from local.hosting.archive import BadArchive, fetch_model
from local.hosting.deployment import Deployment, NotServing, Retired
from local.hosting.process import NoAnswer, ProcessGone, Reply
from local.jobs.job import Job
from local.jobs.log import JobLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The API's defaults.
_MAX_PAYLOAD_MB, _TIMEOUT_SECONDS, _RETRIES = 6, 600, 3
_READY_SECONDS = 30 * 60
_MIB = 1024**2
_SEE_LOGS = "See job logs for more information"


class _ObjectFailed(Exception):
    """One object of the input can't be transformed; ``whose`` fault it is, as AWS tells it."""

    def __init__(self, whose: str, text: str) -> None:
        super().__init__(text)
        self.whose = whose


class Transform:
    """One transform job, in a ``folder`` of its own that stands for ``/opt/ml``."""

    def __init__(self, job: Job, folder: Path, s3: "S3Client", log: JobLog) -> None:
        self._job = job
        self._folder = folder
        self._s3 = s3
        self._log = log
        self._input = job.request["TransformInput"]
        self._output = job.request["TransformOutput"]
        self._client = job.request.get("ModelClientConfig", {})
        self._most = job.request.get("MaxPayloadInMB", _MAX_PAYLOAD_MB) * _MIB
        strategy = job.request.get("BatchStrategy", "MultiRecord")
        self._is_single = strategy == "SingleRecord"

    def run(self) -> str | None:
        """Transforms all objects; returns the reason where the job has failed.

        An object that fails has no output, and the others are transformed all the same.
        """
        assert self._job.model
        self._job.enter("Downloading")
        try:
            keys = self._keys()
            fetch_model(self._s3, self._job.model["ModelDataUrl"], self._folder)
        except (BadArchive, BotoCoreError, ClientError, OSError) as error:
            return f"ClientError: Data download failed: {error}"
        deployment = Deployment(self._folder, self._environment(), float("inf"), self._log.write)
        # Whoever stops the job does not wait for a long request.
        is_over = threading.Event()
        watch = threading.Thread(target=self._end_when_stopped, args=[deployment, is_over])
        watch.start()
        try:
            return self._transformed(deployment, keys)
        finally:
            is_over.set()
            watch.join()
            deployment.end()

    def _end_when_stopped(self, deployment: Deployment, is_over: threading.Event) -> None:
        while not is_over.wait(0.1):
            if self._job.stop_wanted.is_set():
                deployment.end()
                return

    def _transformed(self, deployment: Deployment, keys: list[tuple[str, str]]) -> str | None:
        try:
            deployment.start(_READY_SECONDS)
        except NotServing as error:
            return f"AlgorithmError: The primary container {error}. {_SEE_LOGS}"
        self._job.enter("Transforming")
        failed: set[str] = set()
        for bucket, key in keys:
            if self._job.stop_wanted.is_set():
                break
            try:
                self._transform(deployment, bucket, key)
            except _ObjectFailed as error:
                failed.add(error.whose)
                self._tell(bucket, key, *f"{error.whose}: {error}".splitlines())
            except (BotoCoreError, ClientError, OSError) as error:
                failed.add("ClientError")
                self._tell(bucket, key, f"ClientError: {error}")
        # The algorithm's failure is the graver one.
        return f"{min(failed)}: {_SEE_LOGS}" if failed else None

    def _transform(self, deployment: Deployment, bucket: str, key: str) -> None:
        """Makes one object's output and uploads it, whole."""
        source, result = self._folder / "input", self._folder / "output"
        with source.open("wb") as file:
            shutil.copyfileobj(self._s3.get_object(Bucket=bucket, Key=key)["Body"], file)
        with self._opened(source) as rows, result.open("wb") as out:
            try:
                for payload in self._payloads(rows):
                    self._write(out, self._answer(deployment, payload))
            except (gzip.BadGzipFile, EOFError) as error:
                raise _ObjectFailed("ClientError", str(error)) from error
        target, _, prefix = self._output["S3OutputPath"].removeprefix("s3://").partition("/")
        parent = self._prefix()[1].rpartition("/")[0]
        name = key.removeprefix(parent).lstrip("/")
        place = f"{prefix.rstrip('/')}/{name}.out".lstrip("/")
        with result.open("rb") as file:
            self._s3.put_object(Bucket=target, Key=place, Body=file)

    def _opened(self, source: Path) -> BinaryIO:
        if self._input.get("CompressionType") == "Gzip":
            return cast(BinaryIO, gzip.GzipFile(source))
        return source.open("rb")

    def _payloads(self, rows: BinaryIO) -> Iterator[bytes]:
        """What is sent in one request each: the whole, or lines as many as fit.

        A line is what ends with a newline, in quotes or not, as on AWS.
        """
        if self._input.get("SplitType", "None") == "None":
            yield self._checked(rows.read(self._most + 1 if self._most else -1))
            return
        batch = bytearray()
        while line := self._checked(rows.readline(self._most + 1 if self._most else -1)):
            if batch and (self._is_single or (self._most and len(batch) + len(line) > self._most)):
                yield bytes(batch)
                batch.clear()
            batch += line
        if batch:
            yield bytes(batch)

    def _checked(self, record: bytes) -> bytes:
        if self._most and len(record) > self._most:
            raise _ObjectFailed(
                "ClientError",
                f"A record is larger than MaxPayloadInMB allows ({self._most // _MIB} MB).",
            )
        return record

    def _answer(self, deployment: Deployment, payload: bytes) -> bytes:
        headers = {"Content-Type": self._input.get("ContentType", "application/octet-stream")}
        if accept := self._output.get("Accept"):
            headers["Accept"] = accept
        reply = self._reply(deployment, headers, payload)
        if reply.status == 200:
            return reply.body
        text = reply.body.decode(errors="replace")
        whose = "ClientError" if 400 <= reply.status < 500 else "AlgorithmError"
        raise _ObjectFailed(whose, f"{reply.status}\n\nMessage:\n{text}")

    def _reply(self, deployment: Deployment, headers: dict[str, str], payload: bytes) -> Reply:
        """The answer, after as many tries as the job has; a 400 is one at once."""
        seconds = self._client.get("InvocationsTimeoutInSeconds", _TIMEOUT_SECONDS)
        retries = self._client.get("InvocationsMaxRetries", _RETRIES)
        for left in range(retries, -1, -1):
            try:
                reply = deployment.answer(headers, payload, seconds)
            except (NoAnswer, ProcessGone):
                continue
            except Retired:
                break
            if reply.status < 500 or not left:
                return reply
        raise _ObjectFailed("AlgorithmError", "Unable to get response from algorithm")

    def _write(self, out: BinaryIO, answer: bytes) -> None:
        out.write(answer)
        if self._output.get("AssembleWith") == "Line" and not answer.endswith(b"\n"):
            out.write(b"\n")

    def _keys(self) -> list[tuple[str, str]]:
        bucket, prefix = self._prefix()
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [(bucket, entry["Key"]) for page in pages for entry in page.get("Contents", [])]
        # What stands for a folder in the console is no object to transform.
        keys = [(bucket, key) for bucket, key in keys if not key.endswith("/")]
        if not keys:
            raise FileNotFoundError(f"No S3 objects found under S3 URL 's3://{bucket}/{prefix}'")
        return keys

    def _prefix(self) -> tuple[str, str]:
        uri: str = self._input["DataSource"]["S3DataSource"]["S3Uri"]
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return bucket, prefix

    def _environment(self) -> dict[str, str]:
        """The container's variables, and those that tell it that it transforms."""
        assert self._job.model
        request = self._job.request
        return {
            **self._job.model.get("Environment", {}),
            **request.get("Environment", {}),
            "SAGEMAKER_BATCH": "true",
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(self._most // _MIB),
            "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD" if self._is_single else "MULTI_RECORD",
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(request.get("MaxConcurrentTransforms", 1)),
        }

    def _tell(self, bucket: str, key: str, *lines: str) -> None:
        for line in lines:
            self._log.write(f"[sagemaker logs]: {bucket}/{key}: {line}")
