"""Whatever bytes come to be predicted, the check answers with findings, and the job can read what
it lets through."""

import gzip
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.check.check_report import rows_page
from lambdas.check.rows_check import BrokenTrainedFile, TrainedFile
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.new_rows import read_by_the_job, rows_checked, trained_on
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import checked
from tests.lambdas.check.test_wild_input import SMALL, cells, edits

wild = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
FEW = frame(30).drop(columns="label")


@cache
def model(place: int) -> TrainedFile:
    case = SMALL[place]
    return trained_on(checked(case.train, case.test, target=case.target))


def hold(content: bytes, trained: TrainedFile) -> None:
    check = rows_checked(content, trained)
    assert rows_page("a", check)
    for finding in check.findings:
        assert finding.file and finding.seen and finding.text.isprintable(), finding
    if check.errors or not check.profile:
        assert check.errors
        return
    with tempfile.TemporaryDirectory() as folder:
        table = read_by_the_job(Path(folder), check, content)
    assert len(table) == check.profile.rows
    left_out = set(trained.roles["leave_out"])
    assert set(trained.features) - left_out <= set(table)
    for name in trained.features:
        column, is_text = check.profile.columns[name], trained.columns[name].kind == "text"
        # A text counts as a missing number; a number that no text can be is a text.
        lost = 0 if is_text else column.texts
        assert int(table[name].isna().sum()) == column.missing + lost, name


@wild
@given(st.binary(max_size=400))
def test_random_bytes(content: bytes) -> None:
    hold(content, model(0))
    hold(csv(FEW) + content, model(0))
    hold(gzip.compress(csv(FEW))[: len(content)] + content, model(0))


@wild
@given(st.integers(0, len(SMALL) - 1), edits)
def test_random_edits_of_good_files(place: int, changes: list[tuple[float, int, bytes]]) -> None:
    content = SMALL[place].test
    for share, removed, inserted in changes:
        at = int(share * len(content))
        content = content[:at] + inserted + content[at + removed :]
    hold(content, model(place))


@wild
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=15), st.randoms())
def test_random_values(rows: list[tuple[str, ...]], random: Any) -> None:
    table = frame(len(rows)).assign(label="yes").astype(object)
    for place, name in enumerate(["age", "income", "city"]):
        if random.random() < 0.7:
            table[name] = [row[place] for row in rows]
    hold(csv(table), model(0))


@wild
@given(pairs(), pairs())
def test_the_rows_of_another_table(pair: Pair, other: Pair) -> None:
    check = checked(pair.train, pair.test)
    if not check.errors:
        hold(other.train, trained_on(check))
        hold(other.test, trained_on(check))


KEPT: dict[str, Any] = json.loads(json.dumps(checked(csv(frame(60)), csv(frame(20, 1))).as_json()))
values: st.SearchStrategy[Any] = (
    st.none() | st.integers(-3, 3) | st.text(max_size=3) | st.just([]) | st.just({})
)


@wild
@given(st.data())
def test_what_was_kept_of_the_training_is_whole_or_broken(data: st.DataObject) -> None:
    """Somebody may have changed it."""
    check = json.loads(json.dumps(KEPT))
    at: Any = check
    while True:
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        inner = at[key]
        if not inner or not isinstance(inner, dict | list) or data.draw(st.booleans()):
            at[key] = data.draw(values)
            break
        at = inner
    try:
        trained = TrainedFile.of(check)
    except BrokenTrainedFile:
        return
    assert rows_page("a", rows_checked(csv(FEW), trained))
