"""The jobs of runs and predictions: names, cost, why one failed, and what it goes on with."""
