"""A wire that can be cut: a TCP proxy that stops forwarding, and then resets or goes on."""

import asyncio
import contextlib
import socket
import struct
import threading
from typing import Final

READ_BYTES: Final = 65_536
#: Closes with RST instead of FIN.
ABORT: Final = struct.pack("ii", 1, 0)


class Wire:
    """Forwards a port of 127.0.0.1 to another one, in a thread of its own."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._whole = asyncio.Event()
        self._whole.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def cut(self) -> None:
        """From now on nothing passes, in neither direction; nobody is told."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self, *, reset: bool) -> None:
        """Let everything pass again; ``reset`` ends the connections that were there."""
        self._loop.call_soon_threadsafe(self._mend, reset)

    def close(self) -> None:
        """End all connections and the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _mend(self, reset: bool) -> None:
        for writer in list(self._open) if reset else []:
            _abort(writer)
        self._whole.set()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self._ready.set()
        await self._stop.wait()
        server.close()
        for writer in list(self._open):
            _abort(writer)
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._whole.wait()
            back, forth = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._open.discard(writer)
            _abort(writer)
            return
        self._open.add(forth)
        try:
            await asyncio.gather(self._pump(reader, forth), self._pump(back, writer))
        finally:
            for end in (writer, forth):
                self._open.discard(end)
                end.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(READ_BYTES):
                await self._whole.wait()
                sink.write(chunk)
                await sink.drain()
        with contextlib.suppress(OSError, RuntimeError):
            sink.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        plain = writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    writer.transport.abort()
