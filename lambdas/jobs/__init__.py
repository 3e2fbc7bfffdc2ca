"""A run's two jobs: their names, their cost, why one failed, and what the run goes on with."""
