"""A state machine's picture: from its definition to states and edges, to places, to SVG."""
