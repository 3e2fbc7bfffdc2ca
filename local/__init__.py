"""AWS imitated at its edges, on moto: lets the built template run whole on one machine."""
