"""What a job's program said before it failed, without the words that others put around it.

The toolkit in the training container frames what it tells (sagemaker-training, errors.py)::

    ExecuteUserScriptError:
    ExitCode 1
    ErrorMessage "raise ValueError(x)
     ValueError: x"
    Command "/usr/bin/python3 training/train.py …"

SageMaker keeps 1,024 characters of it, so it may end anywhere, and writes ``AlgorithmError:``
before it and the container's exit code behind. Of a processing job it tells nothing of its own: the
entry point of evaluations and predictions leaves ``exit code: N`` (workflow/states.py).
"""

import re
import signal
from dataclasses import dataclass

from lambdas.language import spoken, to_speak

OUT_OF_MEMORY = to_speak("The machine's memory ran out.")

_AROUND = re.compile(r"^AlgorithmError: (?P<left>.*?)(?:, exit code: (?P<code>\d+))?$", re.DOTALL)
_EXIT_CODE = re.compile(r"exit code: (?P<code>\d+)", re.IGNORECASE)
_FRAME = re.compile(
    r'\w+:\s+ExitCode (?P<code>-?\d+)\s+ErrorMessage "(?P<said>.*?)'
    r'(?P<whole>"\s+(?:ExtraInfo|Command) ".*)?$',
    re.DOTALL,
)
_BY_THE_TOOLKIT = re.compile(r"(?:Framework|framework) [Ee]rror: \s*(?P<said>.*)", re.DOTALL)
# As Python ends a traceback: the error's name, and what it has to say.
_ERROR = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)(?:: .*)?")
_NO_MEMORY = re.compile(r"(?:unexpected error: )?(?:\w+\.)*\w*(?:MemoryError|OutOfMemory)")
_NOTHING = "See job logs for more information"
_KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class ProgramWords:
    """The program's reason for people, and whether it was the memory."""

    reason: str
    ran_out_of_memory: bool = False


def program_words(failure_reason: str, exit_message: str = "") -> ProgramWords | None:
    """What the program said; None where SageMaker speaks of trouble of its own.

    Args:
        failure_reason: the job's ``FailureReason``.
        exit_message: its ``ExitMessage``, which a processing job alone has.
    """
    around = _AROUND.fullmatch(failure_reason or f"AlgorithmError: {exit_message}")
    if not around or not (failure_reason or exit_message):
        return None
    left, code = (exit_message or around["left"]).strip(), around["code"]
    if left == _NOTHING:
        left = ""
    if told := _EXIT_CODE.fullmatch(left):
        left, code = "", told["code"]
    if frame := _FRAME.fullmatch(left):
        left, code = _last_words(frame["said"], bool(frame["whole"])), frame["code"]
    elif by_the_toolkit := _BY_THE_TOOLKIT.fullmatch(left):
        left = _last_words(by_the_toolkit["said"], is_whole=False)
    ended_with = _as_python_tells(int(code)) if code else None
    if ended_with == _KILLED or _NO_MEMORY.match(left):
        return ProgramWords(spoken(OUT_OF_MEMORY), ran_out_of_memory=True)
    return ProgramWords(left or _by_its_end(ended_with))


def _as_python_tells(code: int) -> int:
    """A shell's 128 + N for a program that signal N has ended, as -N."""
    return 128 - code if 128 < code < 128 + signal.NSIG else code


def _last_words(said: str, is_whole: bool) -> str:
    """The error's name and what it has to say, or else the last line, unless it was cut off.

    The toolkit takes for a line what comes in at once: Python writes a traceback in pieces.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [place for place, line in enumerate(lines) if _ERROR.fullmatch(line)]
    if not errors:
        return lines[-1] if lines and is_whole else ""
    name, *more = lines[errors[-1] :]
    return name if ": " in name or not more else f"{name}: {' '.join(more)}"


def _by_its_end(code: int | None) -> str:
    if not code:
        return spoken("The program failed and left no reason. Its log may say more.")
    if code < 0:
        return spoken(
            "The program was ended by signal {signal} and left no reason. Its log may say more.",
            signal=-code,
        )
    return spoken(
        "The program ended with exit code {code} and left no reason. Its log may say more.",
        code=code,
    )
