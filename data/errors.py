"""Errors that a person at the terminal is to read."""


class StartError(Exception):
    """The application can't start; the message says why and what to do, without a traceback."""
