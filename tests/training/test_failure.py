"""How a job tells why it failed: always in UTF-8, which SageMaker otherwise throws away."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.job.failure import KnownFailure, reports_failure_to


def left_behind(reason: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "output", "failure")

        @reports_failure_to(lambda: path)
        def main() -> None:
            raise KnownFailure(reason)

        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        return path.read_bytes()


@settings(deadline=None)
@given(st.text("a가😀\udc80\n", max_size=500))
@example("가" * 400)
@example("\udcff" * 2)
@example("a" * 999 + "😀")
def test_a_reason_is_cut_between_two_letters(reason: str) -> None:
    left = left_behind(reason)
    told = left.decode()
    assert len(left) <= 1000
    whole = reason.encode(errors="replace").decode()
    assert whole.startswith(told)
    assert told == whole or len(left) > 1000 - 4
