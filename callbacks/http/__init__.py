"""The machine-facing answers: live stream, REST, sign-in, tiles, health."""
