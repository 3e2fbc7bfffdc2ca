"""make bench: what is promised about speed, measured side by side in one run."""
