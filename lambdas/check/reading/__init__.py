"""From the bytes of an uploaded file to its rows, and why a file can’t be read."""
