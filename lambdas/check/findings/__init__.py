"""What is said to people of what was read and found."""
