"""The runs as a terminal shows them: what matters is read at any width."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from lambdas.uploads.lost_pairs import LostPair
from operate.runs.runs import Run
from operate.runs_table import runs_table
from operate.terminal import SafeConsole

BEFORE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
WHY = "titanic_train.csv, column label: There is no column named 'label'. Rename the column."
NAMES = ["titanic", "고객 이탈 데이터 2026년", "a" * 90]


def run(dataset: str, **changed: object) -> Run:
    fields = {
        "execution": "arn:aws:states:us-east-1:1:execution:codefree:abc_def",
        "dataset": dataset,
        "name": "20261124-170309-aba767",
        "status": "SUCCEEDED",
        "state": "WaitForEvaluation",
        "finished": (),
        "started": BEFORE,
        "took": timedelta(hours=12, minutes=34),
        "redrives": 0,
        "error": "",
        "why": "",
        "not_redrivable": "done",
    }
    return Run(**fields | changed)  # type: ignore[arg-type]


def seen(width: int, *, is_terminal: bool = True) -> list[str]:
    failed = run(NAMES[0], status="FAILED", why=WHY, error="JobFailed", not_redrivable=None)
    rejected = run(NAMES[1], status="FAILED", why=WHY, error="PairRejected")
    lost = LostPair("lost", BEFORE, "mark")
    file = io.StringIO()
    console = SafeConsole(file=file, width=width, force_terminal=is_terminal, color_system=None)
    table = runs_table([failed, rejected, run(NAMES[2])], [lost], " --region eu-west-1")
    console.print(table, soft_wrap=True)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_name_state_status_and_reason_are_read_at_any_width(width: int) -> None:
    lines = seen(width)
    text = " ".join(" ".join(lines).split())
    for word in ("titanic", "WaitForEvaluation", "FAILED", "not handled", WHY, "lost"):
        assert word in text
    letters = "".join(line[: width // 2] for line in lines).replace(" ", "")
    assert "고객이탈" in letters and "a" * 12 in letters
    commands = [line for line in lines if line.lstrip().startswith("codefree ")]
    assert max(cell_len(line) for line in lines if line not in commands) <= width
    assert [line.strip() for line in commands] == [
        "codefree status --fix --region eu-west-1",
        "codefree rerun titanic --region eu-west-1",
    ]


def test_what_matters_least_is_left_out_first() -> None:
    headings = {width: seen(width)[0].split() for width in (40, 60, 80, 120)}
    assert headings[40] == ["dataset", "state", "status"]
    assert headings[60] == ["dataset", "state", "status"]
    assert headings[80] == ["dataset", "state", "status", "started", "took"]
    assert headings[120] == ["dataset", "state", "status", "started", "took", "run"]


def test_a_misnamed_upload_is_not_to_be_rerun() -> None:
    assert run("a", error="JobFailed", not_redrivable=None).can_be_rerun
    assert not run("a", error="UploadMisnamed", not_redrivable=None).can_be_rerun


def test_columns_stay_straight() -> None:
    rows = [line for line in seen(120) if "WaitForEvaluation" in line]
    assert len({cell_len(row[: row.index("WaitForEvaluation")]) for row in rows}) == 1


def test_no_width_is_too_small() -> None:
    for width in range(1, 60):
        assert seen(width)


def test_for_another_program_a_reason_is_one_line() -> None:
    assert f"    {WHY}" in seen(40, is_terminal=False)
