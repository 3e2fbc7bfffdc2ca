"""What an endpoint is called, and the models and configurations that it has had.

SageMaker takes 63 letters, ``[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}``, unique in account and region (API
reference, CreateEndpoint, CreateEndpointConfig, CreateModel). A dataset's endpoint keeps its name,
whatever model it serves: clients know it. An endpoint can only be given a configuration that is
called otherwise (UpdateEndpoint), so those, and their models, have a name of their own each time.
"""

import hashlib
import secrets

from lambdas.uploads.dataset import Dataset, normal_name

# How the names of all stacks begin, which is what the template's rights are for.
PREFIX = "codefree-"


def endpoint_name(stack: str, dataset: str) -> str:
    """The endpoint's name: at most 34 letters, the same for every spelling of the dataset."""
    name = normal_name(dataset)
    return f"{PREFIX}{Dataset(name).job_slug}{stack_mark(stack)}{_digits(name)}"


def stack_mark(stack: str) -> str:
    """What the names of this stack's endpoints, configurations and models have in common."""
    return f"-{_digits(stack)}"


def new_part_name(endpoint: str) -> str:
    """A name for a configuration of the endpoint and its model, which no other has had."""
    return f"{endpoint}-{secrets.token_hex(4)}"


def endpoint_of_part(part: str) -> str:
    """The endpoint that a configuration or a model called ``part`` was made for."""
    return part.rpartition("-")[0]


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
