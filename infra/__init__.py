"""The template's source: what CloudFormation makes, and the code of its custom resources."""
