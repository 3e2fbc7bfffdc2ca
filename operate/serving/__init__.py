"""A model behind an endpoint: which one, on what, until when, and how it is asked."""
