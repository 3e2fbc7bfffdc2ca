"""What of AWS's answers is kept: no account number, no address, no secret."""

import json
import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from operate.smoke.answers import cleaned

ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_answer_keeps_the_accounts_number_or_a_secret(data: st.DataObject) -> None:
    account, secret = data.draw(ACCOUNTS), "A+secret/Of=" + data.draw(ACCOUNTS)
    told = st.lists(st.sampled_from([account, secret, "1", "x", '"', "\\", ":"])).map("".join)
    leaves = told | st.integers(0, 10**13) | st.just(int(account)) | st.just(float(account))
    answer = data.draw(
        st.recursive(leaves, lambda i: st.lists(i) | st.dictionaries(told, i), max_leaves=8)
    )
    text = json.dumps(cleaned(answer, account, [secret]), ensure_ascii=False)
    assert account not in text and secret not in text
    assert not re.search(r"(?<![0-9])[0-9]{12}(?![0-9])", text)


def test_an_answer_keeps_all_else() -> None:
    event = json.dumps({"detail": {"source-ip-address": "198.51.100.7", "requester": "1" * 12}})
    answer = {
        "executionArn": "arn:aws:states:us-east-1:210987654321:execution:m:e",
        "startDate": datetime(2026, 1, 1, tzinfo=UTC),
        "input": event,
        "seconds": 12,
        "role": "AROAABCDEFGHIJKLMNOP:somebody",
        "ResponseMetadata": {"RequestId": "x"},
    }
    kept = cleaned(answer, "210987654321")
    assert kept == {
        "executionArn": "arn:aws:states:us-east-1:ACCOUNT:execution:m:e",
        "startDate": "2026-01-01 00:00:00+00:00",
        "input": '{"detail": {"source-ip-address": "ADDRESS", "requester": "ACCOUNT"}}',
        "seconds": 12,
        "role": "ACCESS-KEY:somebody",
    }
