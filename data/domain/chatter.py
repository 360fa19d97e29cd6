"""Chattering: one cause of one device that comes and goes (ISA-18.2), shown as one row.

The transitions are counted across alarms, since an acknowledged one closes when it clears and the
next one is a new alarm. A chattering alarm does not close by itself until it has been calm.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

#: More transitions (raised, cleared, raised again) than this within the window is chatter.
CHATTER_ABOVE: Final = 5
CHATTER_WINDOW: Final = timedelta(minutes=5)
#: Without a transition for this long it is calm.
CALM_AFTER: Final = timedelta(minutes=5)

#: By cause, the last transitions within the window, oldest first.
Flips = Mapping[str, tuple[datetime, ...]]


def flip_key(cause: str, point_id: int | None) -> str:
    """Return under which name a cause is counted: each part behind a device for itself."""
    return cause if point_id is None else f"{cause}@{point_id}"


def with_flips(
    flips: Flips, causes: Iterable[str], at: datetime
) -> dict[str, tuple[datetime, ...]]:
    """Return the transitions with one more for each cause; what is older than the window goes."""
    found = {cause: list(times) for cause, times in flips.items()}
    for cause in causes:
        found.setdefault(cause, []).append(at)
    recent = {
        cause: tuple(t for t in times if t > at - CHATTER_WINDOW)[-(CHATTER_ABOVE + 1) :]
        for cause, times in found.items()
    }
    return {cause: times for cause, times in recent.items() if times}


def chatters(flips: Flips, cause: str) -> bool:
    """Return whether a cause has come and gone too often."""
    return len(flips.get(cause, ())) > CHATTER_ABOVE


def is_calm(flips: Flips, cause: str, now: datetime) -> bool:
    """Return whether a cause has stayed as it is for long enough."""
    times = flips.get(cause, ())
    return not times or now - times[-1] >= CALM_AFTER
