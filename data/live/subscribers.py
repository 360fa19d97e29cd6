"""Clients of the hub: a bounded queue each, in one of two wires."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, Protocol

from data.live import frames
from data.live.stream import Event, EventId
from data.live.wire import sse, to_json

QUEUE_BYTES: Final = 256_000
QUEUE_FRAMES: Final = 1_000
RETRY: Final = b"retry: 1000\n\n"


class Wire(Protocol):
    """How what happens is put into bytes."""

    @staticmethod
    def hello(after: EventId) -> bytes:
        """Return what a client is told first."""

    @staticmethod
    def changes(events: Iterable[Event]) -> bytes:
        """Return what some successive events changed; there is at least one, and none a reset."""

    @staticmethod
    def beat(now: int, data: int | None) -> bytes:
        """Return a sign of life."""

    @staticmethod
    def reset(last: EventId) -> bytes:
        """Return the order to fetch a snapshot."""

    @staticmethod
    def values(message: bytes) -> bytes:
        """Return new values of a device."""


class Text:
    """Server-sent events, for machines: one event a change."""

    @staticmethod
    def hello(after: EventId) -> bytes:
        """Return how long to wait before coming back."""
        _ = after
        return RETRY

    @staticmethod
    def changes(events: Iterable[Event]) -> bytes:
        """Return an event a changed alarm or incident, one for statuses; the last has the id.

        A client that is cut off in between gets the whole entry again.
        """
        return b"".join(part for event in events for part in _text_of(event))

    @staticmethod
    def beat(now: int, data: int | None) -> bytes:
        """Return clock and newest reading."""
        return sse("beat", to_json({"now": now, "data": data}))

    @staticmethod
    def reset(last: EventId) -> bytes:
        """Return the order, with the id at which the stream goes on."""
        return sse("reset", b"{}", str(last))

    @staticmethod
    def values(message: bytes) -> bytes:
        """Return the message as it is."""
        return sse("values", message)


class Binary:
    """Frames for the pages; what happens within a moment is one frame."""

    @staticmethod
    def hello(after: EventId) -> bytes:
        """Return where the stream goes on."""
        return frames.encode_hello(str(after))

    @staticmethod
    def changes(events: Iterable[Event]) -> bytes:
        """Return one frame with the newest state of all that changed."""
        told = list(events)
        statuses = {slot: status for event in told for slot, status in event.statuses}
        alarms = [alarm for event in told for alarm in event.alarms]
        incidents = [incident for event in told for incident in event.incidents]
        return frames.encode_changes(len(told), told[-1].id.number, statuses, alarms, incidents)

    @staticmethod
    def beat(now: int, data: int | None) -> bytes:
        """Return clock and age of the newest reading."""
        return frames.encode_beat(now, data)

    @staticmethod
    def reset(last: EventId) -> bytes:
        """Return the order."""
        _ = last
        return frames.RESET

    @staticmethod
    def values(message: bytes) -> bytes:
        """Return the message as it is."""
        return frames.VALUES + message


def _text_of(event: Event) -> list[bytes]:
    parts: list[tuple[str, Any]] = [("alarm", alarm) for alarm in event.alarms]
    parts += [("incident", incident) for incident in event.incidents]
    if event.statuses:
        parts.append(("status", {"at": event.at, "c": event.statuses}))
    last = len(parts) - 1
    return [
        sse(name, to_json(data), str(event.id) if i == last else None)
        for i, (name, data) in enumerate(parts)
    ]


class Subscriber:
    """One client's bounded queue of frames."""

    def __init__(self, wire: type[Wire], session: str = "") -> None:
        self.wire = wire
        #: Hash of the session that opened it; its end closes the stream.
        self.session = session
        self.building: str | None = None
        self.closed = False
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()

    def put(self, data: bytes, reset: bytes) -> None:
        """Queue a frame; when the queue is full, everything is replaced by one ``reset``."""
        if self._bytes + len(data) > QUEUE_BYTES or len(self._frames) >= QUEUE_FRAMES:
            self._frames.clear()
            self._bytes = 0
            data = reset
        self._frames.append(data)
        self._bytes += len(data)
        self._wake.set()

    def put_first(self, data: Iterable[bytes]) -> None:
        """Put frames in front of what is queued."""
        self._frames.extendleft(reversed(list(data)))
        self._wake.set()

    def close(self) -> None:
        """End the client's stream."""
        self.closed = True
        self._wake.set()

    async def next(self) -> list[bytes]:
        """Wait for frames and return all that are there; none when closed."""
        await self._wake.wait()
        self._wake.clear()
        waiting = list(self._frames)
        self._frames.clear()
        self._bytes = 0
        return waiting
