"""What moto's SageMaker lacks."""

from local.gaps.sagemaker import jobs
from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.jobs import Jobs


def patch(sagemaker_jobs: Jobs, hosting: Hosting) -> None:
    """Makes moto's SageMaker run jobs and endpoints."""
    jobs.patch(sagemaker_jobs)
    hosting.patch()
