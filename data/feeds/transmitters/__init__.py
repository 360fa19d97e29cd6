"""The GB/T 26875.3 way in: transmitters over TCP → readings of the one pipeline."""
