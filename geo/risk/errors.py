"""Errors of the risk surface."""

from geo.errors import GeoError


class EventsError(GeoError):
    """There are no events to work with, or none where they are needed."""
