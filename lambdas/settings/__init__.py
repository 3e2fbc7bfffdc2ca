"""What a person chooses for one dataset: in a settings file, an execution's input, or options."""
