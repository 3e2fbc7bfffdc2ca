"""Build time: the state machine, and the packing of everything into one template."""
