"""Devices as others build them: a client for each protocol, their faults, scenarios."""
