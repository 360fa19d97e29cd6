"""Frames out of a stream of bytes that TCP has split and glued, with whatever lies between them.

A frame is whatever starts with ``@@``, ends with ``##`` where its length says, and has the right
sum (clause 6.6). Of several that overlap the one that ends first is the frame: it can be told the
moment its last byte is here, whatever lies before it; of two that end together it is the shorter.
So the frames depend on the bytes alone, never on how they were cut, and a false start costs nothing
but itself.
"""

from dataclasses import dataclass
from typing import Final

from data.feeds.gb26875.frame import (
    END,
    HEAD,
    MAX_DATA,
    MAX_FRAME,
    OVERHEAD,
    START,
    Frame,
    checksum,
    data_length,
    read_unchecked,
)

#: Bytes looked at together: few, for every possible start among them is looked at.
_SLICE: Final = MAX_FRAME


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame whose sum is wrong: to be denied, not believed."""

    frame: Frame


class FrameStream:
    """Takes bytes as they come, gives frames; holds less than one longest frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        #: Starts in the buffer that were judged and are none.
        self._dead: set[int] = set()
        #: Bytes so far that belonged to no frame.
        self.garbage = 0

    @property
    def held(self) -> int:
        """How many bytes wait for the rest of their frame."""
        return len(self._buffer)

    def feed(self, chunk: bytes) -> list[Frame | Damaged]:
        """Take some bytes; return the frames that end in them, in order of their ends."""
        found: list[Frame | Damaged] = []
        for at in range(0, len(chunk), _SLICE):
            self._buffer += chunk[at : at + _SLICE]
            while (one := self._plain() or self._next()) is not None:
                found.append(one)
        return found

    def _plain(self) -> Frame | None:
        """Return the frame that the buffer begins with, if no other may begin inside it."""
        if len(self._buffer) < OVERHEAD or not self._buffer.startswith(START) or 0 in self._dead:
            return None
        end = self._end_of(0)
        if not 0 < end <= len(self._buffer) or self._buffer.find(START, 1, end) >= 0:
            return None
        return self._taken(0, end) if self._is_sound(0, end) else None

    def _next(self) -> Frame | Damaged | None:
        """Judge the starts that are all here, the one that ends first before the others."""
        live = [start for start in self._starts() if start not in self._dead]
        ends = {start: self._end_of(start) for start in live}
        whole = sorted((end, -start) for start, end in ends.items() if end <= len(self._buffer))
        for end, before in whole:
            start = -before
            if self._is_sound(start, end):
                return self._taken(start, end)
            self._dead.add(start)
            is_first = start == min(s for s in live)
            live.remove(start)
            if is_first and self._buffer[end - 2 : end] == END:
                return Damaged(read_unchecked(bytes(self._buffer[start:end])))
        self._drop(min(live, default=len(self._buffer)))
        return None

    def _starts(self) -> list[int]:
        starts = []
        start = self._buffer.find(START)
        while start >= 0:
            if self._end_of(start) > start:
                starts.append(start)
            start = self._buffer.find(START, start + 1)
        if self._buffer.endswith(START[:1]) and not self._buffer.endswith(START):
            starts.append(len(self._buffer) - 1)
        return starts

    def _end_of(self, start: int) -> int:
        """Return where the frame at ``start`` ends; 0 if none can begin there.

        While its head is not whole that is after all bytes that are here.
        """
        if start + HEAD > len(self._buffer):
            return len(self._buffer) + 1
        length = data_length(self._buffer, start)
        return start + OVERHEAD + length if length <= MAX_DATA else 0

    def _is_sound(self, start: int, end: int) -> bool:
        if self._buffer[end - 2 : end] != END:
            return False
        return checksum(self._buffer[start + 2 : end - 3]) == self._buffer[end - 3]

    def _taken(self, start: int, end: int) -> Frame:
        frame = read_unchecked(bytes(self._buffer[start:end]))
        self._drop(start)
        del self._buffer[: end - start]
        self._dead.clear()
        return frame

    def _drop(self, garbage: int) -> None:
        """Forget the bytes before a place: no frame begins among them."""
        self.garbage += garbage
        del self._buffer[:garbage]
        self._dead = {start - garbage for start in self._dead if start >= garbage}
