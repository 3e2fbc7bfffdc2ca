"""The endpoints of a stack's models: what they are called, how long they stay, how they go."""
