"""What the template's own resources tell CloudFormation: never more than it takes."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.custom_resource import answer

# AWS CloudFormation User Guide, "Custom resource response objects".
LARGEST_BYTES = 4096
EVENT = {
    "ResponseURL": "https://example.invalid",
    "LogicalResourceId": "Unpack",
    "RequestId": "1b4f2c9e-0000-4000-8000-123456789abc",
    "StackId": f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{'a' * 128}/{'b' * 36}",
}


def answered(reason: str) -> bytes:
    """The body that CloudFormation gets."""
    sent: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("urllib.request.urlopen", lambda request: sent.append(request.data))
        answer(EVENT, "physical", "FAILED", reason)
    return sent[0]


@settings(deadline=None, max_examples=50)
@given(st.text('a"\\\n\x01가😀\udc80', max_size=1000))
@example('"' * 5000)
@example("\x01가😀" * 1000)
@example("a" * 100_000)
@example("\udcff")
def test_an_answer_is_as_long_as_cloudformation_takes_and_keeps_what_it_can(reason: str) -> None:
    body = answered(reason)
    assert len(body) <= LARGEST_BYTES
    told = json.loads(body.decode())
    assert told["Status"] == "FAILED" and told["StackId"] == EVENT["StackId"]
    whole = reason.encode(errors="replace").decode()
    assert whole.startswith(told["Reason"])
    assert told["Reason"] == whole or len(body) > LARGEST_BYTES - 6
