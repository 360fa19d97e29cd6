"""What simulated devices sent and what they were told is safe: to be compared with the database."""

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Way(StrEnum):
    """The protocol that a message takes."""

    HTTP = "http"
    MQTT = "mqtt"
    GB26875 = "gb26875"


@dataclass(slots=True)
class Entry:
    """One message, however often it was sent.

    Attributes
    ----------
    source, number
        Device and message id; over TCP the transmitter's address and a number of our own.
    content
        What was said: a JSON object, or a frame of GB/T 26875.3.
    sends
        How often it went out.
    refused
        Why it will not be sent again; empty while it may.
    """

    way: Way
    source: str
    number: str
    content: Any
    sends: int = 0
    confirmed: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """Messages of one way: different ones, times that they went out, and what became of them."""

    messages: int = 0
    sends: int = 0
    confirmed: int = 0
    refused: int = 0

    @property
    def open(self) -> int:
        """How many wait for an answer."""
        return self.messages - self.confirmed - self.refused


class Ledger:
    """Keeps every message; safe to use from several threads.

    With ``keep=False`` only those that wait for an answer are kept, and the rest is counted: for
    a simulator that runs for weeks.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._entries: dict[tuple[Way, str, str], Entry] = {}
        self._counts: Counter[tuple[Way, str]] = Counter()

    def open(self, way: Way, source: str, number: str, content: Any) -> Entry:
        """Return the entry of a message; a repeated message has the one that it had."""
        with self._lock:
            entry = self._entries.get((way, source, number))
            if entry is None:
                entry = self._entries[way, source, number] = Entry(way, source, number, content)
                self._counts[way, "messages"] += 1
            return entry

    def sent(self, entry: Entry) -> None:
        """Note that a message went out."""
        with self._lock:
            entry.sends += 1
            self._counts[entry.way, "sends"] += 1

    def confirm(self, entry: Entry) -> None:
        """Note that the other side says it is safe; that stands, whatever is said later."""
        with self._lock:
            if entry.confirmed:
                return
            if entry.refused:
                entry.refused = ""
                self._counts[entry.way, "refused"] -= 1
            entry.confirmed = True
            self._counts[entry.way, "confirmed"] += 1
            self._let_go(entry)

    def refuse(self, entry: Entry, reason: str) -> None:
        """Note that a message is given up."""
        with self._lock:
            if entry.confirmed or entry.refused:
                return
            entry.refused = reason
            self._counts[entry.way, "refused"] += 1
            self._let_go(entry)

    def entries(self, way: Way | None = None) -> list[Entry]:
        """Return what is kept, in the order of first sending."""
        with self._lock:
            return [entry for entry in self._entries.values() if way in {None, entry.way}]

    def confirmed(self, way: Way | None = None) -> list[Entry]:
        """Return the messages that the other side said are safe."""
        return [entry for entry in self.entries(way) if entry.confirmed]

    def total(self, way: Way) -> Total:
        """Return the counts of one way."""
        with self._lock:
            names = ("messages", "sends", "confirmed", "refused")
            return Total(*(self._counts[way, name] for name in names))

    def _let_go(self, entry: Entry) -> None:
        if not self._keep:
            self._entries.pop((entry.way, entry.source, entry.number), None)
