"""SageMaker training and processing jobs as processes of this machine."""
