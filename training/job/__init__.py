"""What every program needs: its input tables, its CSV files, a way to say why it failed."""
