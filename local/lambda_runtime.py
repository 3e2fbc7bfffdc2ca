"""The inside of a Lambda function's process: loads the handler, then answers one event a line.

Started by local/lambda_process.py as a script, so that nothing of this project is imported but the
unpacked zip. Events come on standard input and answers go to standard output, as JSON lines; what
the handler prints goes to standard error, which is the log. The errors have the form in which
Lambda's Python runtime reports them (AWS Lambda Developer Guide, "Lambda function errors in
Python").
"""

import importlib
import json
import os
import sys
import time
import traceback
import uuid
from typing import Any


class Context:
    """The parts of Lambda's context object that code may ask for."""

    def __init__(self, deadline: float) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = os.environ["CODEFREE_LOCAL_FUNCTION_ARN"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function times out."""
        return max(0, round((self._deadline - time.time()) * 1000))


def main(folder: str, handler: str) -> None:
    """Answers events for ``handler`` (``module.function``) of the code in ``folder``, for ever."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, folder)
    function, broken = None, None
    try:
        module, _, name = handler.rpartition(".")
        function = getattr(importlib.import_module(module), name)
    except Exception as error:
        broken = _error(error)
    for line in sys.stdin:
        request = json.loads(line)
        answer = broken or _answer(function, request["event"], Context(request["deadline"]))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(function: Any, event: Any, context: Context) -> dict[str, Any]:
    try:
        return {"failed": False, "payload": json.dumps(function(event, context))}
    except Exception as error:
        return _error(error)


def _error(error: Exception) -> dict[str, Any]:
    traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    payload = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": str(uuid.uuid4()),
        "stackTrace": traceback.format_list([f for f in frames if f.filename != __file__]),
    }
    return {"failed": True, "payload": json.dumps(payload)}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
