"""The console: its guard, its live parts, and its pages."""
