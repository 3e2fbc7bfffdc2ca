"""Sees and steers runs through AWS's own APIs, in an account and in local mode alike."""
