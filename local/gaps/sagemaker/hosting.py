"""All that SageMaker keeps for hosting models, put together."""

from local.gaps.sagemaker import endpoint_configs, endpoints, model_packages, models, tags
from local.gaps.sagemaker.endpoint_configs import EndpointConfigs
from local.gaps.sagemaker.endpoints import Endpoints
from local.gaps.sagemaker.model_packages import ModelRegistry
from local.gaps.sagemaker.models import Models
from local.gaps.sagemaker.records import Records
from local.hosting.host import ModelHost


class Hosting:
    """Models, configurations, endpoints and packages; ``host`` runs what is behind endpoints."""

    def __init__(self, host: ModelHost) -> None:
        self.records = Records()
        self.host = host
        self.models = Models(self.records, host)
        self.configs = EndpointConfigs(self.records, self.models)
        self.registry = ModelRegistry(self.records)
        self.endpoints = Endpoints(self.records, host, self.models, self.configs)

    def patch(self) -> None:
        """Makes moto's SageMaker have all of it."""
        models.patch(self.models)
        endpoint_configs.patch(self.configs)
        endpoints.patch(self.endpoints)
        model_packages.patch(self.registry)
        tags.patch(self.records)
