"""Looks after the audit: notes its end outside the database, and lets go what is old enough."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from data.domain.audit import Mark
from data.store import audit
from data.store.database import Database

#: The file of anchors in the data directory.
ANCHORS: Final = "audit.anchors"
ANCHOR_EVERY_S: Final = 60.0
PRUNE_EVERY_S: Final = 3600.0
log = structlog.get_logger()


def read_anchors(file: Path) -> Iterator[Mark]:
    """Yield the rows that were noted; none if there is no such file yet."""
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        number, own, *_ = line.split(" ")
        yield Mark(int(number), own)


class AuditKeeper:
    """Done by the worker, once a minute and once an hour."""

    def __init__(
        self, database: Database, folder: Path, kept: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._file = folder / ANCHORS
        self._kept = kept
        self._now = now
        self._noted = 0
        self._due = {self.note_end: 0.0, self.prune: 0.0}

    def step(self) -> None:
        """Do what is due."""
        for work, every in ((self.note_end, ANCHOR_EVERY_S), (self.prune, PRUNE_EVERY_S)):
            if time.monotonic() >= self._due[work]:
                self._due[work] = time.monotonic() + every
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
