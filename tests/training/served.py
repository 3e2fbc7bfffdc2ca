"""Stands for the model server of AWS's images, the older one or the newer one.

The older passes requests to SageMaker's inference toolkit, which runs here. The newer is not
published as a package: it is written here as aws/deep-learning-containers, pull request 6762, and
the handlers of autogluon.cloud tell of it. One request is a line of JSON on stdin, its answer a
line on stdout.
"""

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import SimpleNamespace


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


def toolkit(folder: str) -> Callable[[bytes, str, str], Answer]:
    """The server of the images up to AutoGluon 1.5."""
    from sagemaker_inference.transformer import Transformer

    transformer = Transformer()

    def answer(body: bytes, content_type: str, accept: str) -> Answer:
        context = Context(folder, content_type, accept)
        # The toolkit keeps the first context, which the model server fills anew each time.
        transformer._context = context
        [context.answer.body] = transformer.transform([{"body": body}], context)
        return context.answer

    return answer


def adapter(folder: str) -> Callable[[bytes, str, str], Answer]:
    """The server of the image since AutoGluon 1.6: four arguments, no context."""
    handler = importlib.import_module("inference")
    model = handler.model_fn(folder)

    def answer(body: bytes, content_type: str, accept: str) -> Answer:
        try:
            told, kind = handler.transform_fn(model, body, content_type, accept)
            return Answer(told, kind, 200)
        except ValueError as error:
            return Answer(json.dumps({"detail": str(error)}), "application/json", 400)

    return answer


def main() -> None:
    server, folder = sys.argv[1:]
    answer = toolkit(folder) if server == "toolkit" else adapter(folder)
    for line in sys.stdin:
        request = json.loads(line)
        body = bytes.fromhex(request["body"])
        answered = answer(body, request["content_type"], request["accept"])
        print(f"ANSWER {json.dumps(asdict(answered))}", flush=True)


if __name__ == "__main__":
    main()
