"""Errors of the import: the whole file, or single rows of it."""

from dataclasses import dataclass


class ImportRefusedError(ValueError):
    """The file as a whole can't be imported; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a file is refused.

    ``row`` is the line of a table (the header is 1) or the number of a feature (from 1); ``None``
    for what is not in the file, such as a row that ``--replace`` would remove.
    """

    row: int | None
    id: str
    reason: str
