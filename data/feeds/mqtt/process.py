"""The MQTT way in as a process: ended by SIGTERM or Ctrl-C."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from data.errors import StartError
from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.feed import Feed
from data.feeds.mqtt.mapping import MappingTable
from data.live.present import Present
from data.store.database import Database

log = structlog.get_logger()


def run(
    database: Database,
    present: Present,
    now: Callable[[], datetime],
    broker: Broker,
    mapping: MappingTable,
    *,
    leave: bool,
) -> None:
    """Take messages until the process is asked to stop; ``leave``: only those that still wait.

    Raises
    ------
    StartError
        If a thread died of an error: a process started anew is better than half of one.
    """
    stop = threading.Event()
    died: list[str] = []

    def end(args: threading.ExceptHookArgs) -> None:
        log.error("thread died", exc_info=args.exc_value)
        died.append(repr(args.exc_value))
        stop.set()

    threading.excepthook = end
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    feed = Feed(database, present, now, broker, mapping)
    (feed.leave if leave else feed.run)(stop)
    database.close()
    if died:
        raise StartError(f"MQTT 线程意外结束（{died[0]}）。/ A thread of MQTT died ({died[0]}).")
