"""Entries of the event stream: their ids, what is in them, where one may resume."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson
import structlog

log = structlog.get_logger()

#: A client that missed more than this gets a snapshot, which is smaller and cheaper.
RESUME_MOST: Final = 2_000


class EventId(NamedTuple):
    """``epoch-number``: the present that an event belongs to, and its place in it, from 1 on."""

    epoch: int
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.number}"

    @property
    def next(self) -> "EventId":
        """The id that follows; anything else is a gap."""
        return EventId(self.epoch, self.number + 1)


#: Before everything.
NOWHERE: Final = EventId(0, 0)


def parse_id(event_id: str | bytes) -> EventId | None:
    """Return an event's id, None if it is not one.

    Examples
    --------
    >>> str(parse_id("1700000000000-3")), parse_id("nonsense")
    ('1700000000000-3', None)
    """
    text = event_id.decode("ascii", "replace") if isinstance(event_id, bytes) else event_id
    head, _, tail = text.partition("-")
    if not (head.isascii() and head.isdigit() and tail.isascii() and tail.isdigit()):
        return None
    return EventId(int(head), int(tail))


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the stream; ``reset`` says that a new present began."""

    id: EventId
    reset: bool
    at: int = 0
    alarms: tuple[dict[str, Any], ...] = ()
    #: (slot, status) of the devices that changed.
    statuses: tuple[tuple[int, int], ...] = ()
    #: Marks of the incidents that people worked on.
    incidents: tuple[dict[str, Any], ...] = ()


def parse_entry(entry: tuple[bytes, dict[bytes, bytes]]) -> Event:
    """Return what a stream entry says; one that is not ours makes every client start again."""
    raw_id, fields = entry
    event_id = parse_id(raw_id) or NOWHERE
    if fields.get(b"e") != b"changes":
        return Event(event_id, reset=True)
    try:
        data = orjson.loads(fields[b"d"])
        statuses = tuple((slot, status) for slot, status in data["c"])
        alarms, incidents = tuple(data["a"]), tuple(data.get("i", ()))
        return Event(event_id, False, data["at"], alarms, statuses, incidents)
    except (KeyError, TypeError, ValueError) as error:
        log.warning("an event on the stream is not ours", id=str(event_id), error=str(error))
        return Event(event_id, reset=True)
