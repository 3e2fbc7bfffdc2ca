"""The test file predicted, and everything that is found about the model with it."""
