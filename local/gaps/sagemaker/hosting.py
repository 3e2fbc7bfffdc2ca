"""All that SageMaker keeps for hosting models, put together."""

from local.gaps.sagemaker import endpoint_configs, endpoints, models, tags
from local.gaps.sagemaker.endpoint_configs import EndpointConfigs
from local.gaps.sagemaker.endpoints import Endpoints
from local.gaps.sagemaker.models import Models
from local.gaps.sagemaker.records import Records
from local.hosting.host import ModelHost


class Hosting:
    """Models, configurations and endpoints; ``host`` runs what is behind an endpoint."""

    def __init__(self, host: ModelHost) -> None:
        self.records = Records()
        self.host = host
        self.models = Models(self.records, host)
        self.configs = EndpointConfigs(self.records, self.models)
        self.endpoints = Endpoints(self.records, host, self.models, self.configs)

    def patch(self) -> None:
        """Makes moto's SageMaker have all of it."""
        models.patch(self.models)
        endpoint_configs.patch(self.configs)
        endpoints.patch(self.endpoints)
        tags.patch(self.records)
