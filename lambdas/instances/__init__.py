"""Which SageMaker instance types a run can use, what they cost, and which of them it gets."""
