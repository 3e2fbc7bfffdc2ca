"""Whatever bytes come, the check answers with findings, and what it lets through can be read."""

import csv as csv_module
import gzip
import io
import tempfile
from pathlib import Path
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case, csv, frame
from tests.lambdas.check.reading import checked, read_by_the_jobs

SMALL = [case for case in good() if len(case.train) < 20_000]
PLAIN = csv(frame(30))
wild = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))


def hold(train: bytes, test: bytes) -> None:
    """The check does not raise; and the jobs read what it lets through, row for row."""
    check = checked(train, test)
    for finding in check.findings:
        assert finding.file and finding.seen and finding.text.isprintable(), finding
    if check.errors or not check.profile:
        assert check.errors
        return
    with tempfile.TemporaryDirectory() as folder:
        tables = read_by_the_jobs(Path(folder), check, train, test)
    for part, profile in (("train", check.profile.train), ("test", check.profile.test)):
        assert len(tables[part]) == profile.rows
        assert list(tables[part].columns) == list(profile.columns)
    for name, column in check.profile.train.columns.items():
        assert int(tables["train"][name].isna().sum()) == column.missing
        assert (tables["train"][name].dtype == object) == (column.kind == "text")


@wild
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_random_bytes(train: bytes, test: bytes) -> None:
    hold(train, test)
    hold(PLAIN + train, PLAIN)
    hold(gzip.compress(PLAIN)[: len(train)] + train, test)


pieces = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b'"', b'""', b",", b";", b"\t", b" ", b"\n", b"\r", b"\r\n", b"\\", b"\x00"]),
    st.sampled_from([b"NA", b"1e400", b"-inf", b"+5", b"1,5", b"\x1a", b"\xef\xbb\xbf"]),
    st.sampled_from(["서".encode("cp949"), "é".encode()]),
)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), pieces), min_size=1, max_size=6)


@wild
@given(st.sampled_from(SMALL), edits, st.booleans())
def test_random_edits_of_good_files(
    case: Case, changes: list[tuple[float, int, bytes]], in_train: bool
) -> None:
    content = case.train if in_train else case.test
    for place, removed, inserted in changes:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    hold(content if in_train else case.train, case.test if in_train else content)


cells = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["", "NA", "nan", " ", "1,5", "1.234,5", "+3", ' "x', "2024-01-05", "#N/A", '5"', "\t7"]
    ),
)


@wild
@given(st.data())
def test_random_tables(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 5))
    names = data.draw(st.lists(st.text(max_size=8), min_size=width, max_size=width))
    rows = data.draw(st.lists(st.tuples(*[cells] * width), min_size=10, max_size=25))
    labels = data.draw(st.lists(st.sampled_from(["a", "b", "1", ""]), min_size=25, max_size=25))
    delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
    quoting: Literal[0, 1] = data.draw(
        st.sampled_from([csv_module.QUOTE_MINIMAL, csv_module.QUOTE_ALL])
    )
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    buffer = io.StringIO(newline="")
    writer = csv_module.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow([*names, "label"])
    writer.writerows([*row, label] for row, label in zip(rows, labels, strict=False))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp949", "cp1252"]))
    content = buffer.getvalue().encode(encoding, errors="replace")
    hold(content, content)
