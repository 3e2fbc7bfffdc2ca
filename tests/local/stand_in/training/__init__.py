"""A quick stand-in for the jobs' programs, uploaded as a user's own training code."""
