"""Datasets whose names look like formats, markup, paths, patterns or options: only names."""

import json
import unicodedata

import pytest

from lambdas.uploads.dataset import normal_name
from local.aws import LocalAws
from local.stack import Stack
from tests.local.uploads import Uploader, table

LONGEST = "가" * 66  # 198 of 200 bytes
# Several kinds in one name, where that is as good.
FEW = [
    *("{}", "{0.__class__} %(a)s %s <b onload=x>&amp;'\"", "--help $(id) `id`; a|b && c"),
    *("=1+1 *[a]?#~%2F ", "..a+b", LONGEST, f" עברית{unicodedata.normalize('NFD', '한글')}"),
]
NAMES = [
    *("{}", "{0.__class__} %(a)s %s", "<b onload=x>&amp;'\"", "$(id) `id`; a|b && c", "--help"),
    *("*[a]?#~%2F", "=1+1", " a ", "עברית", "..a", "CON", "a+b", LONGEST),
    unicodedata.normalize("NFD", "한글"),
]


@pytest.mark.parametrize("names", [FEW[1:4], pytest.param(FEW + NAMES, marks=pytest.mark.long)])
def test_each_goes_through_to_results_under_its_own_name(
    aws: LocalAws, stack: Stack, names: list[str]
) -> None:
    uploaders = [Uploader(aws, stack, name) for name in dict.fromkeys(names)]
    for uploader in uploaders:
        uploader.upload_pair(table(), table(6))
    for uploader in uploaders:
        summary, name = json.loads(uploader.worked()["output"]), normal_name(uploader.name)
        assert summary["Dataset"] == name
        assert summary["Results"].startswith(f"s3://{stack.bucket}/results/{name}/")
        keys = uploader.keys(f"results/{name}/")
        assert [key for key in keys if key.endswith("/summary.json")]
        [model] = [key for key in keys if key.endswith("/output/model.tar.gz")]
        assert summary["Model"] == f"s3://{stack.bucket}/{model}"


@pytest.mark.parametrize("name", ["..", ".", "a\nb", "a\x1b[31mb", "a\u202eb", "a/b", "a\\b"])
def test_names_that_break_paths_or_terminals_are_refused(
    aws: LocalAws, lonely_stack: Stack, name: str
) -> None:
    uploader = Uploader(aws, lonely_stack, name)
    uploader.start({"dataset": name})
    assert "can't be used for files" in json.loads(uploader.failed()["cause"])["errorMessage"]
