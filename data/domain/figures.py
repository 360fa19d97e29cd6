"""What the values of a device were over a span of time: how many, their mean, lowest, highest.

Each device has two spans that are not over yet: the hour, which goes into SQL when it is, and the
ten minutes that are the finest grain of a trend.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

HOUR_S: Final = 3600
FINE_S: Final = 600


#: How many readings of a value there were, their total, the lowest and the highest. A plain tuple:
#: every reading makes several.
Figure = tuple[int, float, float, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one span of time, by value; ``start`` in Unix seconds."""

    start: int = 0
    figures: Mapping[str, Figure] = field(default_factory=dict)


EMPTY: Final = Tally()


def start_of(moment: datetime, length_s: int) -> int:
    """Return when the span began in which a moment lies, in Unix seconds.

    Examples
    --------
    >>> from datetime import UTC
    >>> start_of(datetime(1970, 1, 1, 2, 59, 30, tzinfo=UTC), HOUR_S)
    7200
    """
    second = int(moment.timestamp())
    return second - second % length_s


def joined(one: Figure, other: Figure) -> Figure:
    """Return the figures of two sets of readings together."""
    return one[0] + other[0], one[1] + other[1], min(one[2], other[2]), max(one[3], other[3])


def tallied(tally: Tally, start: int, values: Mapping[str, float]) -> tuple[Tally, Tally | None]:
    """Add the values of one reading.

    Returns
    -------
    tuple
        The span that goes on, and what is over by this reading: the span before it, or this reading
        alone where it came late.
    """
    if not values:
        return tally, None
    if start != tally.start:
        own = Tally(start, {name: (1, v, v, v) for name, v in values.items()})
        if start < tally.start:
            return tally, own
        return own, tally if tally.figures else None
    figures = dict(tally.figures)
    for name, value in values.items():
        before = figures.get(name)
        figures[name] = (1, value, value, value) if before is None else _with(before, value)
    return Tally(start, figures), None


def _with(figure: Figure, value: float) -> Figure:
    count, total, low, high = figure
    return count + 1, total + value, min(low, value), max(high, value)
