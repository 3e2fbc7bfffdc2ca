"""What the training decides and what it saves."""
