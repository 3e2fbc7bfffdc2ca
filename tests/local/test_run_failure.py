"""A run that fails here: its page is there at once, and says what can be done here."""

import io
import re
from html import unescape
from pathlib import Path

import pytest

from local.run import RunFailed, copied_results, reason_here, watched_output, write_failure_page
from operate.run_view import RunView
from operate.terminal import SafeConsole
from tests.local.uploads import Uploader, table

OF_A_STACK = r"s3://|Redrive|redrive|console|upload|by itself|stack|charged|USD"


@pytest.mark.parametrize(
    ("train", "test", "step", "why"),
    [
        (table(12, "fail"), table(6), "RecoverTraining", "The stand-in was told to fail"),
        (table(), table(6, "fail evaluation"), "RecoverEvaluation", "The stand-in can't evaluate"),
        (table(target="Label"), table(6), "CheckPair", "set --target to the name"),
        ("", table(6), "CheckPair", "save it again and run the command again"),
    ],
)
def test_why_it_failed_is_on_a_page_in_the_words_of_here(
    lonely_uploader: Uploader, tmp_path: Path, train: str, test: str, step: str, why: str
) -> None:
    aws, stack, name = lonely_uploader.aws, lonely_uploader.stack, lonely_uploader.name
    out = tmp_path / "out"
    lonely_uploader.upload_pair(train, test)
    with pytest.raises(RunFailed) as failed:
        watched_output(aws, stack, RunView(SafeConsole(file=io.StringIO())))
    copied_results(aws, stack, name, out)
    reason = reason_here(aws, stack, failed.value, out)
    page = write_failure_page(aws, stack, failed.value, name, out)

    assert re.fullmatch(rf"{re.escape(str(out))}/{name}/[\w-]+/failure.html", str(page))
    text = unescape(page.read_text(encoding="utf-8"))
    assert why in text and f"failed at {step}" in text
    assert reason.startswith(f"{step}: ") and why in reason
    for told in (text, reason):
        assert not re.search(OF_A_STACK, told), re.search(f".{{30}}({OF_A_STACK}).*", told)
    if step == "CheckPair":
        [found] = re.findall(r"All findings: (\S+)", reason)
        assert Path(found).is_file()
