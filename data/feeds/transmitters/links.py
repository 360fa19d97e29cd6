"""Which transmitter speaks on which connection; when a link came and went; whose clock is wrong."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from data.feeds import gb26875 as gb
from data.feeds.transmitters.counters import Counters
from data.feeds.transmitters.link import Link
from data.feeds.transmitters.translate import Message
from data.live.wire import to_ms
from data.store import transmitters
from data.store.database import Database

log = structlog.get_logger()

#: 统一时钟: the difference that GB 50440 allows.
MAX_DRIFT: Final = timedelta(seconds=5)
#: A clock that is wrong again within this time is not set again: it is broken.
CLOCK_EVERY: Final = timedelta(hours=1)
#: Events that wait for the database while it is away.
MAX_EVENTS: Final = 10_000


class Links:
    """The transmitters that are connected."""

    def __init__(self, database: Database, counters: Counters, now: Callable[[], datetime]) -> None:
        self._database = database
        self._counters = counters
        self._now = now
        self._by_address: dict[int, Link] = {}
        self._clocks: dict[int, datetime] = {}
        #: How far each transmitter's newest frame was behind when it came, by its own clock.
        self._lags: dict[int, timedelta] = {}
        self._events: list[dict[str, Any]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        #: Whether a transmitter came since somebody looked.
        self.came = False

    def addresses(self) -> list[int]:
        """Return the transmitters that are connected."""
        return list(self._by_address)

    def of(self, address: int) -> Link | None:
        """Return the connection of a transmitter."""
        return self._by_address.get(address)

    def heard(self, link: Link, message: Message, at: datetime) -> None:
        """Note that a registered transmitter spoke on a connection; of two the newer is its own."""
        address, before = message.source, self._by_address.get(message.source)
        if before is not link and (before is None or before.peer.since <= link.peer.since):
            self._by_address[address] = link
            link.peer.speaks_for.add(address)
            self.came = True
            self._note(address, "link_up", peer=link.peer.address)
        drift = None if message.sent_at is None else message.sent_at - at
        if drift is not None:
            self._lags[address] = -drift
        self._counters.link(address, self._state(address, link, up=True))
        if drift is None or abs(drift) > MAX_DRIFT:
            self._set_clock(link, address, drift)

    def denied(self, link: Link) -> None:
        """Tell what was wrong with a frame on a connection."""
        for address in link.peer.speaks_for:
            self._counters.link(address, self._state(address, link, up=True))

    def lost(self, link: Link) -> None:
        """Note that a connection ended."""
        for address in link.peer.speaks_for:
            if self._by_address.get(address) is link:
                del self._by_address[address]
                self._note(address, "link_down", peer=link.peer.address)
                self._counters.link(address, self._state(address, link, up=False))

    async def write_events(self) -> None:
        """Write what happened to the links; what can't be written is kept for the next time.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away.
        """
        events = list(self._events)
        if events:
            await asyncio.to_thread(self._write, events)
            del self._events[: len(events)]

    def _write(self, events: list[dict[str, Any]]) -> None:
        with self._database.writing() as session:
            transmitters.add_events(session, events)

    def _note(self, address: int, kind: str, **detail: Any) -> None:
        # Not louder: hundreds come and go together, and the table of events has each.
        log.debug(kind.replace("_", " "), transmitter=address, **detail)
        if len(self._events) < MAX_EVENTS:
            self._events.append(
                {
                    "transmitter": address,
                    "at": self._now(),
                    "measured_at": None,
                    "kind": kind,
                    "message_id": None,
                    "detail": detail,
                }
            )

    def _set_clock(self, link: Link, address: int, drift: timedelta | None) -> None:
        now = self._now()
        last = self._clocks.get(address)
        if last is not None and now - last < CLOCK_EVERY:
            return
        self._clocks[address] = now
        task = asyncio.create_task(self._send_clock(link, address, drift))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_clock(self, link: Link, address: int, drift: timedelta | None) -> None:
        time = gb.TransmitterTime(gb.Moment.of(self._now()))
        # Once: a repetition would set the clock to the time of the first attempt.
        done = await link.command(address, gb.Unit(gb.Kind.SET_CLOCK, (time,)), attempts=1)
        if done:
            self._counters.count("clock_set")
        seconds = None if drift is None else round(drift.total_seconds(), 1)
        self._note(address, "clock_set" if done else "clock_not_set", drift_s=seconds)

    def _state(self, address: int, link: Link, *, up: bool) -> dict[str, Any]:
        peer, lag = link.peer, self._lags.get(address)
        return {
            "up": up,
            "peer": peer.address,
            "since": to_ms(peer.since),
            "last": to_ms(peer.last_at),
            "lag_s": None if lag is None else round(lag.total_seconds(), 1),
            "frames": peer.frames,
            "denied": peer.denied,
            "error": peer.error,
            "error_at": to_ms(peer.error_at),
        }
