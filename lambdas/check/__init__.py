"""What two CSV files hold, and whether a model can be trained on them."""
