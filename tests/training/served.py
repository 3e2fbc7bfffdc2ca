"""Stands for the model server: passes requests to SageMaker's inference toolkit.

One request is a line of JSON on stdin, its answer a line on stdout.
"""

import json
import sys
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any


@dataclass
class Answer:
    body: str
    content_type: str
    status: int


class Context:
    """The model server's context of one request, as far as the toolkit asks for it."""

    model_name = "model"

    def __init__(self, model_dir: str, content_type: str, accept: str) -> None:
        headers = {"Content-Type": content_type, "Accept": accept}
        self.system_properties = {"model_dir": model_dir}
        self.request_processor = [SimpleNamespace(get_request_properties=lambda: headers)]
        self.answer = Answer("", "", 200)

    def set_response_content_type(self, _: int, content_type: str) -> None:
        self.answer.content_type = content_type

    def set_response_status(self, code: int, phrase: str) -> None:
        self.answer.status = code


def main() -> None:
    from sagemaker_inference.transformer import Transformer

    transformer = Transformer()
    for line in sys.stdin:
        request = json.loads(line)
        context: Any = Context(sys.argv[1], request["content_type"], request["accept"])
        # The toolkit keeps the first context, which the model server fills anew each time.
        transformer._context = context
        [body] = transformer.transform([{"body": bytes.fromhex(request["body"])}], context)
        context.answer.body = body
        print(f"ANSWER {json.dumps(asdict(context.answer))}", flush=True)


if __name__ == "__main__":
    main()
