"""What moto's Lambda lacks."""

from local.access.control import AccessControl
from local.gaps.awslambda import function_limits, functions, published_layers
from local.lambda_process import LambdaProcesses


def patch(processes: LambdaProcesses, access: AccessControl) -> None:
    """Adds it; functions run as ``processes``, under the roles that ``access`` knows."""
    published_layers.patch()
    function_limits.patch()
    functions.patch(processes, access)
