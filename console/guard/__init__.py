"""Who gets in: this machine's own browser with the token, and no other page."""
