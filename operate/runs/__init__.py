"""The runs of a stack: how each stands, what it did, its files, and what is done to it."""
