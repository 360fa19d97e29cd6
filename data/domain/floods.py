"""Alarm floods (ISA-18.2): more alarms than one person can answer; ends well below where it began.

While a flood lasts every alarm is still shown; screens group them, fires stay on top.
"""

from datetime import timedelta
from typing import Final

from data.domain.kpis import FLOOD_ABOVE, FLOOD_BELOW, PERIOD_S

FLOOD_WINDOW: Final = timedelta(seconds=PERIOD_S)


def in_flood(rate: int, *, before: bool) -> bool:
    """Return whether so many alarms in 10 minutes are a flood, given whether there was one.

    Examples
    --------
    >>> in_flood(10, before=False), in_flood(11, before=False)
    (False, True)
    >>> in_flood(5, before=True), in_flood(4, before=True)
    (True, False)
    """
    return rate > FLOOD_ABOVE or (before and rate >= FLOOD_BELOW)
