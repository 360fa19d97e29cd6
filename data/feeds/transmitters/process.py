"""The TCP way in as a process: one event loop, ended by SIGTERM or Ctrl-C."""

import asyncio
import resource
import signal
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
import uvloop

from data.feeds.transmitters.server import MAX_CONNECTIONS, TransmitterServer
from data.live.present import Present
from data.store.database import Database

log = structlog.get_logger()

#: Connections that wait to be accepted: after a power cut all transmitters come at once.
BACKLOG = 1024
#: Files that are open besides connections: the database, Redis, the log.
OTHER_FILES: Final = 64


def run(
    database: Database, present: Present, now: Callable[[], datetime], listening: socket.socket
) -> None:
    """Serve transmitters until the process is asked to stop."""

    async def serve() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await TransmitterServer(database, present, now).serve(listening, stop)

    allow_connections(MAX_CONNECTIONS)
    listening.setblocking(False)
    listening.listen(BACKLOG)
    uvloop.run(serve())
    database.close()


def allow_connections(number: int) -> None:
    """Let this process have so many connections: a Linux allows 1,024 files unless it is asked."""
    wanted = number + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("the system allows fewer connections", most=allowed - OTHER_FILES)
