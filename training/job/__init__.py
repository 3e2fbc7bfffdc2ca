"""What every program stands on: its input tables, its CSV files, the reason that it failed for."""
