"""The models of a dataset: SageMaker's Model Registry, and what a model is recognised by."""
