"""The pauses of a state machine, which tests may shorten: Wait states and the backoff of retries.

Only how long they last here changes, nothing in the definition or in the history.
"""

import time
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategyDecl,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)

from local.patches import wrap

_scale = 1.0


def shorten_to(scale: float) -> None:
    """Makes every pause last ``scale`` times as long as it should; 1 is as long as it should."""
    global _scale  # noqa: PLW0603 (all pauses of the process have one)
    _scale = scale


def pause(seconds: float) -> None:
    """Waits as long as ``seconds`` last here."""
    time.sleep(seconds * _scale)


def patch() -> None:
    """Makes the interpreter's pauses last as long as they are told to here."""
    wrap(WaitFunction, "_wait_interval", _wait_interval)
    wrap(JitterStrategyDecl, "_eval_body", _eval_body)


def _wait_interval(wait: Any, self: WaitFunction, env: Any, wait_seconds: float) -> None:
    wait(self, env, wait_seconds * _scale)


def _eval_body(jitter: Any, self: JitterStrategyDecl, env: Any) -> None:
    # The last thing that is done to a retrier's interval before it is waited for.
    jitter(self, env)
    env.stack.append(env.stack.pop() * _scale)
