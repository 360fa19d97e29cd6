"""The ways in, and the simulator that talks to them as devices do."""
