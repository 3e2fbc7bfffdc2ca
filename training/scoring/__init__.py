"""How good predictions are: functions of the rows alone, whichever model made them."""
