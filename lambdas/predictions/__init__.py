"""New rows for a trained model: which file is meant, what is frozen, waits, and comes back."""
