"""What runs inside SageMaker jobs: it sees folders and parameters, and knows no S3."""
