"""A trained model: its archive, what it predicts, and what it is compared with."""
