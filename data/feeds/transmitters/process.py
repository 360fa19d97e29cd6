"""The TCP way in as a process: one event loop, ended by SIGTERM or Ctrl-C."""

import asyncio
import signal
import socket
from collections.abc import Callable
from datetime import datetime

import uvloop

from data.feeds.transmitters.server import TransmitterServer
from data.live.present import Present
from data.store.database import Database

#: Connections that wait to be accepted: after a power cut all transmitters come at once.
BACKLOG = 1024


def run(
    database: Database, present: Present, now: Callable[[], datetime], listening: socket.socket
) -> None:
    """Serve transmitters until the process is asked to stop."""

    async def serve() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await TransmitterServer(database, present, now).serve(listening, stop)

    listening.setblocking(False)
    listening.listen(BACKLOG)
    uvloop.run(serve())
    database.close()
