"""The audit of what was refused to somebody who is signed in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import quote

import structlog
from starlette.types import Scope

from callbacks.http.problems import Problem
from data.domain.accounts import SignedIn
from data.domain.audit import Result
from data.store.database import Database
from data.store.guard import StoreUnavailableError, writing
from data.store.models import Audit

ACTION: Final = "request.refused"
SUBJECT_LENGTH: Final = 80
log = structlog.get_logger()


class Refusals:
    """Writes a row for each; while the database is away the refusal stands in the log alone."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def note(self, scope: Scope, user: SignedIn, problem: Problem) -> None:
        """Write down who was refused what, and why."""
        client = scope.get("client")
        row = Audit(
            at=self._now(),
            actor=user.name,
            action=ACTION,
            # Encoded as in an address: no database takes everything that a path may have.
            subject=f"{scope['method']} {quote(scope['path'], errors='replace')}"[:SUBJECT_LENGTH],
            address=client[0] if client else "",
            result=Result.REFUSED,
            reason=problem.detail,
            detail={"status": int(problem.status)},
        )
        try:
            await asyncio.to_thread(self._write, row)
        except StoreUnavailableError as error:
            log.warning("a refusal is not in the audit", user=user.name, error=str(error))

    def _write(self, row: Audit) -> None:
        with writing(self._database) as session:
            session.add(row)
