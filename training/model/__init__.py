"""A trained model: its archive, its predictions, and the baselines to compare it with."""
