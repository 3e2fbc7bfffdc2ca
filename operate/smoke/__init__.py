"""``codefree smoke``: the whole promise, proved in a stack of its own for a few cents."""
