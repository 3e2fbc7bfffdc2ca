"""A run: its name, its claim on the files, its money, its place in line, and what it reads."""
