"""What somebody else has put into runs/ does not keep old runs from being removed."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.runs.execution import Execution
from local.aws import LocalAws
from local.kept.old_runs import OldRuns

_numbers = itertools.count(1)
GARBAGE = [b"", b"{", b"[]", b"\xff", b'{"name": 5}', b'{"name": "../x"}', b"[" * 100_000]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_runs_is_removed_with_the_run_and_nothing_else(
    aws: LocalAws, tmp_path: Path, garbage: bytes
) -> None:
    old: Any = SimpleNamespace(
        exec_arn="arn", start_date=datetime(2026, 1, 1, tzinfo=UTC), status="FAILED", output=None
    )
    run = Execution("arn", "2026-01-01T00:00:00").run
    removed: list[Any] = []
    executions: Any = SimpleNamespace(remove=removed.append)
    bucket = f"old-runs-{next(_numbers)}"
    aws.s3.create_bucket(Bucket=bucket)
    for key in (f"runs/{run}/pair.json", "runs/claims/a.json", "results/x/other/model"):
        aws.s3.put_object(Bucket=bucket, Key=key, Body=garbage)
    jobs: Any = SimpleNamespace(named_like=lambda _: [])
    assert OldRuns(tmp_path, aws.s3, bucket, executions, jobs).remove_all_but(0, [old]) == 1
    left = [entry["Key"] for entry in aws.s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert removed == [old]
    assert left == ["results/x/other/model", "runs/claims/a.json"]
