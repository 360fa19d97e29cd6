"""Readers of the pages' stream that note when each of them learnt of an acknowledgement.

``python -m bench.ack_readers HOST PORT COOKIE AFTER COUNT``: ``{"open": n}``, then one JSON line
for each arrival.
"""

import asyncio
import json
import sys
import time
from collections import deque

import orjson
import typer
import uvloop

from bench.readers import PAGES_READ, Count, Reader, Target, open_readers

HELLO, CHANGES = 1, 2

#: (alarm, ms) that were not printed yet: who prints while frames arrive delays those that follow.
arrivals: deque[tuple[int, float]] = deque()


class AckReader(Reader):
    """Notes each alarm that arrives as acknowledged and open."""

    _id = _acked = -1

    def frame(self, payload: bytes) -> None:
        """Look into hello for the fields, and into changes for alarms."""
        super().frame(payload)
        if payload[0] == HELLO:
            fields = orjson.loads(payload[1:])["fields"]
            self._id, self._acked = fields.index("id"), fields.index("acked_at")
        elif payload[0] == CHANGES and (start := payload.find(b"[[")) >= 0:
            at = time.time() * 1000
            for row in orjson.loads(payload[start:]):
                if len(row) > self._acked and row[self._acked] is not None:
                    arrivals.append((row[self._id], at))


async def read(target: Target, number: int) -> None:
    """Read until the process is ended."""
    count = Count()
    await open_readers(target, number, count, AckReader)
    _say(open=count.open)
    while True:
        await asyncio.sleep(0.25)
        while arrivals:
            alarm, at = arrivals.popleft()
            _say(alarm=alarm, at=at)


def _say(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def main(host: str, port: int, cookie: str, after: str, count: int) -> None:
    """Read the stream with many readers until the process is ended."""
    uvloop.run(read(Target(PAGES_READ, host, port, cookie, after), count))


if __name__ == "__main__":
    typer.run(main)
