"""What changes while somebody looks: one poller for each subject, and its events."""
