"""What is known of columns, of files, and of the pair."""
