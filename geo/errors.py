"""Errors raised by ``geo``."""


class GeoError(ValueError):
    """Base class of this package's errors."""


class CoordinateError(GeoError):
    """A coordinate is not finite, out of range, or of the wrong shape."""
