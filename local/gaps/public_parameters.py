"""The parameters in which AWS publishes the ARNs of the AWS SDK for pandas' Lambda layers.

moto has those of a few other services. What the layer holds is in this environment anyway, so the
ARN alone is needed.
"""

from moto.ssm.models import Parameter, ParameterDict
from moto.utilities.utils import get_partition

_PATH = "/aws/service/aws-sdk-pandas/"
# The account that publishes the layers (AWS SDK for pandas, "AWS Lambda Managed Layers").
_PUBLISHER = "336392948345"


def close() -> None:
    """Makes Parameter Store know the parameters below ``/aws/service/aws-sdk-pandas/``."""
    load = ParameterDict._check_loading_status

    def load_with_layers(self: ParameterDict, key: str) -> None:
        load(self, key)
        if str(key).startswith(_PATH) and not dict.__contains__(self, key):
            dict.__setitem__(self, key, [_parameter(self, key)])

    ParameterDict._check_loading_status = load_with_layers


def _parameter(parameters: ParameterDict, name: str) -> Parameter:
    region = parameters.region_name
    python = name.split("/")[5].removeprefix("py").replace(".", "")
    return Parameter(
        account_id=_PUBLISHER,
        name=name,
        value=f"arn:{get_partition(region)}:lambda:{region}:{_PUBLISHER}:layer:"
        f"AWSSDKPandas-Python{python}:1",
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=0,
        version=1,
        data_type="text",
    )
