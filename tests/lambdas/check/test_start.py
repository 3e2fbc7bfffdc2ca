"""What a function loads before it can check a pair."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

_CHECKED = """
import io
import sys

import lambdas.check_pair
from lambdas.check.pair_check import MemoryEstimate, PlannedTraining, pair_check
from lambdas.check.reading.source import Source


def source(file, rows):
    lines = ["a,price,when,city,code,note,label"]
    for row in rows:
        note = "long text " * (row % 9)
        fields = [row / 7, f"$1{row:03}.50", f"2024-01-{row % 28 + 1:02}", f"City {row % 5}"]
        fields += [f"{row:04}", f'"{note}"', "yes" if row % 3 else "no"]
        lines.append(",".join(map(str, fields)))
    lines[20] = "NA,N/A,,CITY 1,,?,yes"
    content = chr(10).join([*lines, ",,,,,,", ""]).encode()

    def opened(limits):
        return io.BytesIO(content[limits[0] : limits[1] + 1] if limits else content)

    return Source(file, len(content), opened)


planned = PlannedTraining("label", "medium_quality", MemoryEstimate(lambda *_: 3, 768))
files = source("a_train.csv", range(400)), source("a_test.csv", range(400, 600))
check = pair_check(*files, planned, lambda: 900)
assert not check.errors, check.errors
check.as_json()
assert sys.modules.keys().isdisjoint({"pandas", "numpy.ma"})
"""


def test_the_check_of_a_pair_does_not_wait_for_pandas_or_masked_arrays() -> None:
    # Arrow loads pandas by itself where it is given numpy's arrays or Python's texts, and
    # ``np.unique`` loads masked arrays.
    done = subprocess.run(
        [sys.executable, "-c", _CHECKED], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
