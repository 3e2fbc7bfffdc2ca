"""The models of a dataset: which there are, who decides, and what one says of a single row."""
