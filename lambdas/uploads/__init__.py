"""What is in data/: which files belong together, what was asked for, and what was left undone."""
