"""A stack itself: made and deleted, what it holds and spends, and what in it needs a person."""
