"""How good predictions are: functions of the predicted rows, whichever model made them."""
