"""Looks after the audit: notes its end outside the database, verifies it, lets go what is old."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from data.domain.audit import Finding, Mark, verify
from data.live.audit_state import write_state
from data.store import audit
from data.store.database import Database

#: The file of anchors in the data directory.
ANCHORS: Final = "audit.anchors"
ANCHOR_EVERY_S: Final = 60.0
PRUNE_EVERY_S: Final = 3600.0
VERIFY_EVERY_S: Final = 3600.0
log = structlog.get_logger()


def read_anchors(file: Path) -> Iterator[Mark]:
    """Yield the rows that were noted; none if there is no such file yet."""
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        number, own, *_ = line.split(" ")
        yield Mark(int(number), own)


def findings(database: Database, anchors: Path) -> tuple[int, list[Finding]]:
    """Return the number of the newest row, and what is wrong with the audit."""
    noted = list(read_anchors(anchors))
    with database.reading() as session:
        audit.as_of_now(session)
        head = audit.head(session)
        return head.id, list(verify(audit.entries(session), head, noted))


class AuditKeeper:
    """Done by the worker: once a minute, and once an hour."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        folder: Path,
        kept: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._redis = redis
        self._file = folder / ANCHORS
        self._kept = kept
        self._now = now
        self._noted = 0
        self._chores = (
            (self.note_end, ANCHOR_EVERY_S),
            (self.prune, PRUNE_EVERY_S),
            (self._verify_beside, VERIFY_EVERY_S),
        )
        self._due = dict.fromkeys(range(len(self._chores)), 0.0)

    def step(self) -> None:
        """Do what is due."""
        for number, (work, every) in enumerate(self._chores):
            if time.monotonic() >= self._due[number]:
                self._due[number] = time.monotonic() + every
                work()

    def note_end(self) -> None:
        """Note the newest row in the file and in the log, where who rules the database is not."""
        with self._database.reading() as session:
            head = audit.head(session)
        if head.id == self._noted:
            return
        self._noted = head.id
        line = f"{head.id} {head.hash} {self._now().isoformat(timespec='seconds')}\n"
        opened = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(line)
        log.info("audit noted", row=head.id, hash=head.hash)

    def prune(self) -> None:
        """Delete what is older than it has to be kept, a part at a time."""
        gone = audit.TOGETHER
        while gone == audit.TOGETHER:
            with self._database.writing() as session:
                gone = audit.prune(session, self._now() - self._kept, self._now())
            if gone:
                log.info("audit pruned", rows=gone)

    def verify(self) -> None:
        """Look through all of it, and tell the screen and the log."""
        try:
            newest, found = findings(self._database, self._file)
            write_state(self._redis, newest, found, self._now())
        except (RedisError, SQLAlchemyError) as error:
            log.warning("the audit can't be verified now", error=str(error))
            return
        for one in found:
            log.error("the audit is not whole", fault=str(one.fault), row=one.id, text=one.text)

    def _verify_beside(self) -> None:
        """Verify in a thread: a long audit takes a while, and the worker has other things to do."""
        threading.Thread(target=self.verify, name="audit", daemon=True).start()
