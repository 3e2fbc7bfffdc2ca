"""Files that were brought for a run: their parts, check, settings, and the start."""
