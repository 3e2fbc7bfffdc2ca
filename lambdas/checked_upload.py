"""An uploaded file for the check that reads it, and what the state machine is told of the check."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.check.findings.finding import Finding
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading.source import Source
from lambdas.language import spoken
from lambdas.state import CheckState, FileState
from lambdas.uploads.pair import Upload

# A state's output may have 256 KB, an error's cause 32,768 characters (AWS Step Functions
# Developer Guide, "Service quotas"; API reference, HistoryEvent).
_MOST_TOLD = 20
# A small file is asked for once: each answer takes as long as so many bytes.
_KEPT_BYTES = 4 * 1024 * 1024


def source_of(bucket: Bucket, upload: Upload, removed: Callable[[Upload], Exception]) -> Source:
    """The upload as something to read; ``removed`` is the error where its version is gone."""

    def read(limits: tuple[int, int] | None) -> Any:
        within = (limits[0], min(limits[1], upload.size - 1)) if limits and upload.size else None
        found = bucket.open(upload.key, upload.version, within)
        # A version that was replaced is kept for 30 days (infra/template.yaml), and a run may wait
        # in line for longer.
        if found is None:
            raise removed(upload)
        return found["Body"]

    @cache
    def content() -> bytes:
        with read(None) as body:
            found: bytes = body.read()
            return found

    def opened(limits: tuple[int, int] | None) -> Any:
        if upload.size > _KEPT_BYTES:
            return read(limits)
        return io.BytesIO(content()[limits[0] : limits[1] + 1] if limits else content())

    return Source(upload.file_name, upload.size, opened)


def file_state(profile: FileProfile) -> FileState:
    """What the next steps have to know."""
    return {
        "Rows": profile.estimated_rows,
        "Columns": len(profile.columns),
        "Bytes": profile.text_bytes,
        "MemoryBytes": profile.memory_bytes,
    }


def check_state(findings: Iterable[Finding], page: str) -> CheckState:
    """The check's page, by its address, and its first warnings."""
    warnings = [found.text for found in findings if found.severity == "warning"]
    return {"Report": page, "Warnings": warnings[:_MOST_TOLD]}


def rejection(errors: Iterable[Finding], and_now: str, page: str) -> str:
    """Why files are rejected, what follows from that, and the address of the check's page."""
    told = [finding.text for finding in errors][:_MOST_TOLD]
    return " ".join([*told, and_now, spoken("All findings: {page}", page=page)])
