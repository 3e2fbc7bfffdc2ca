"""New rows of a dataset: brought to a stack, or predicted on this machine."""
