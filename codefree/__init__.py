"""The command ``codefree``, put together from what the other folders can do."""
