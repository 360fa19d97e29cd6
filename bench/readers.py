"""Many cheap readers of the live stream in one process; they count bytes and frames.

``python -m bench.readers KIND HOST PORT COOKIE AFTER COUNT`` prints one JSON line a second.
"""

import asyncio
import base64
import json
import os
import struct
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import typer
import uvloop

#: What a page reads: the one place to switch.
PAGES_READ: Final = "ws"
PATHS: Final = {"sse": "/live/events", "ws": "/live/ws"}
CONNECTS_AT_ONCE: Final = 20
PING, PONG, CLOSE = 9, 10, 8
SHORT, LONG = 126, 127
UPGRADED, FINE = b" 101 ", b" 200 "


@dataclass
class Count:
    """What all readers of the process have received."""

    open: int = 0
    #: Readers whose stream ended although nobody asked for it.
    lost: int = 0
    bytes: int = 0
    frames: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Which stream to read, and as whom."""

    kind: str
    host: str
    port: int
    cookie: str
    after: str
    #: Whose values are read besides.
    building: str = ""

    def request(self) -> bytes:
        """Return the request that opens the stream."""
        site = f"{self.host}:{self.port}"
        query = f"after={self.after}" + (f"&building={self.building}" if self.building else "")
        lines = [f"GET {PATHS[self.kind]}?{query} HTTP/1.1", f"Host: {site}"]
        lines += [f"Origin: http://{site}", f"Cookie: xt_session={self.cookie}"]
        if self.kind == "ws":
            key = base64.b64encode(os.urandom(16)).decode()
            lines += ["Connection: Upgrade", "Upgrade: websocket"]
            lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        return "\r\n".join([*lines, "", ""]).encode()


def take_frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Return opcode, payload and length of the first WebSocket frame; None if it is not whole.

    Examples
    --------
    >>> take_frame(bytes([0x82, 2, 7, 8, 99]))
    (2, b'\\x07\\x08', 4)
    >>> take_frame(bytes([0x82, 126, 0])) is None
    True
    """
    if len(data) < 2:
        return None
    start, length = 2, data[1] & 127
    if length == SHORT:
        start = 4
    elif length == LONG:
        start = 10
    if len(data) < start:
        return None
    if start > 2:
        (length,) = struct.unpack(">H" if start == 4 else ">Q", data[2:start])
    if len(data) < start + length:
        return None
    return data[0] & 15, data[start : start + length], start + length


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a client's control frame."""
    mask = os.urandom(4)
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + body


class Reader(asyncio.Protocol):
    """One reader: opens the stream, counts, answers pings."""

    def __init__(self, target: Target, count: Count) -> None:
        self._target = target
        self._count = count
        self._buffer = b""
        self._transport: Any = None  # uvloop's is no asyncio.Transport
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = transport
        self._transport.write(self._target.request())

    def data_received(self, data: bytes) -> None:
        """Count what comes after the answer's head."""
        if not self.opened.done():
            self._buffer += data
            head, end, data = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._open(head)
            self._buffer = b""
        self._count.bytes += len(data)
        if self._target.kind == "sse":
            self.text(data)
        else:
            self._take(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that the stream ended."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))
        elif self.opened.exception() is None:
            self._count.open -= 1
            self._count.lost += 1

    def _open(self, head: bytes) -> None:
        status = head.partition(b"\r\n")[0]
        if (UPGRADED if self._target.kind == "ws" else FINE) not in status + b" ":
            self.opened.set_exception(ConnectionError(status.decode()))
            return
        self._count.open += 1
        self.opened.set_result(None)

    def _take(self, data: bytes) -> None:
        self._buffer += data
        while (found := take_frame(self._buffer)) is not None:
            opcode, payload, length = found
            self._buffer = self._buffer[length:]
            if opcode in {PING, CLOSE}:
                self._transport.write(masked(PONG if opcode == PING else CLOSE, payload))
            elif opcode < CLOSE:
                self.frame(payload)

    def text(self, data: bytes) -> None:
        """Count events; a reader that looks into them overrides this."""
        self._count.frames += data.count(b"\n\n")

    def frame(self, payload: bytes) -> None:
        """Count a frame; a reader that looks into it overrides this."""
        self._count.frames += 1


async def open_readers(
    target: Target, number: int, count: Count, kind: type[Reader] = Reader
) -> None:
    """Open streams, some at a time."""
    gate = asyncio.Semaphore(CONNECTS_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def open_one() -> None:
        async with gate:
            made = loop.create_connection(lambda: kind(target, count), target.host, target.port)
            _, reader = await made
            await asyncio.wait_for(reader.opened, 30)

    await asyncio.gather(*(open_one() for _ in range(number)))


async def run(target: Target, number: int, say: Callable[[Count], Awaitable[None]]) -> None:
    """Read until the process is ended."""
    count = Count()
    await open_readers(target, number, count)
    while True:
        await say(count)
        await asyncio.sleep(0.25)


async def say_count(count: Count) -> None:
    """Print the counters as they are now."""
    sys.stdout.write(json.dumps(vars(count)) + "\n")
    sys.stdout.flush()


def main(kind: str, host: str, port: int, cookie: str, after: str, count: int) -> None:
    """Read the stream with many readers until the process is ended."""
    target = Target(kind, host, port, cookie, after)
    uvloop.run(run(target, count, say_count))


if __name__ == "__main__":
    typer.run(main)
