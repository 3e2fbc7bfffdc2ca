"""AWS's own answers about the runs, kept as files that can become fixtures of tests.

What tells whose account it was is taken out: the account's number wherever it stands, any other
number that could be one, keys, and the address from which was uploaded.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lambdas.jobs.described_job import describe_job
from lambdas.jobs.kind import JobKind
from operate.runs.runs import Run
from operate.smoke.watch import Watch

_ACCOUNT = "ACCOUNT"
_COULD_BE_AN_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
# AWS Identity and Access Management User Guide, "Understanding unique ID prefixes".
_ACCESS_KEY = re.compile(r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}")
# In S3's event, which is text within text: quotation marks may be escaped.
_ADDRESS = re.compile(r'(source-ip-address\\*"\s*:\s*\\*")[^"\\]*')
_KINDS = {"TrainingJobName": JobKind.TRAIN, "ProcessingJobName": JobKind.EVALUATE}


def cleaned(answer: Any, account: str, secrets: Iterable[str] = ()) -> Any:
    """The answer as plain JSON values, without the account's number and the ``secrets``."""
    hidden = [secret for secret in secrets if secret]

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                clean(str(key)): clean(inner)
                for key, inner in value.items()
                if key != "ResponseMetadata"
            }
        if isinstance(value, list | tuple):
            return [clean(inner) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        text = _cleaned_text(str(value), account, hidden)
        return value if isinstance(value, int | float) and text == str(value) else text

    return clean(answer)


def _cleaned_text(text: str, account: str, secrets: list[str]) -> str:
    # Letters take the places, so that what stands around them can't make the number again.
    for secret in secrets:
        text = text.replace(secret, "SECRET")
    text = text.replace(account, _ACCOUNT) if account else text
    text = _COULD_BE_AN_ACCOUNT.sub(_ACCOUNT, text)
    text = _ACCESS_KEY.sub("ACCESS-KEY", text)
    return _ADDRESS.sub(r"\1ADDRESS", text)


def save_answers(watch: Watch, runs: list[Run], folder: Path) -> Iterator[Path]:
    """Writes a file for each of the runs, the first one first; gives its path once it is there."""
    account, secrets = watch.state_machine.split(":")[4], watch.account.secrets
    for number, run in enumerate(sorted(runs, key=lambda run: run.started), start=1):
        answers = cleaned(_answers(watch, run), account, secrets)
        path = folder / f"{number:02}-{run.state or 'start'}-{run.status}.json"
        path.write_text(json.dumps(answers, indent=2, ensure_ascii=False) + "\n", "utf-8")
        yield path


def _answers(watch: Watch, run: Run) -> dict[str, Any]:
    pages = watch.states.get_paginator("get_execution_history").paginate(executionArn=run.execution)
    events = [event for page in pages for event in page["events"]]
    return {
        "DescribeExecution": watch.states.describe_execution(executionArn=run.execution),
        "GetExecutionHistory": events,
        "Jobs": list(_jobs(watch, events)),
    }


def _jobs(watch: Watch, events: list[Any]) -> Iterator[dict[str, Any]]:
    """Each job that was asked for, as SageMaker describes it; one that was never made is left
    out."""
    for event in events:
        asked = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
        for field, kind in _KINDS.items():
            if field in asked:
                with suppress(ClientError):
                    yield dict(describe_job(watch.sagemaker, kind, asked[field]).description)
