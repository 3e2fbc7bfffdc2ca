"""What the build puts into the template: its source, and the code of its custom resources."""
