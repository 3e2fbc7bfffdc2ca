"""What is written for people: pages, the mail about a failure, and the last words of a report."""
