"""``/history/export/…``: the history as a file, sent while it is read; how far that is; its end."""

import itertools
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from callbacks.http.auth import LANG_COOKIE, actor_of
from callbacks.http.json_answer import json_answer
from callbacks.http.paths import comes_from_here
from callbacks.http.problems import Problem
from callbacks.http.tables import csv_chunks, xlsx_chunks
from callbacks.services import Services
from data.commands import Actor
from data.domain.history import HistoryQuery, Tab, parse_query, to_fields
from data.domain.rights import Right, demand
from data.live.exports import ExportBoard, ExportProgress, ExportState, ProgressUnknownError
from data.store.exports import Exported, note_export
from data.store.guard import StoreUnavailableError, reading
from data.store.history import count_rows, read_all
from layouts.history import TAB_WORDS
from layouts.history_columns import Cell, cells, titles
from layouts.i18n import as_lang
from layouts.shown import Shown

#: Exports at once in one process; each keeps a thread and some of a core busy.
AT_ONCE: Final = 2
KEY: Final = re.compile(r"[0-9a-f]{16,64}")
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Format = Literal["csv", "xlsx"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Export:
    """One export: what, for whom, under which key its progress is told."""

    query: HistoryQuery
    format: Format
    actor: Actor
    key: str
    total: int
    shown: Shown

    @property
    def file_name(self) -> str:
        """The name under which a browser keeps it."""
        _ = self.shown.translate
        day = self.shown.day(self.shown.now)
        return f"{_('新塘街道')}-{_(TAB_WORDS[self.query.tab])}-{day}.{self.format}"


class ExportCancelledError(RuntimeError):
    """The person who wanted a file wants it no more."""


class File(StreamingResponse):
    """A file while it is made; cancelled, it breaks off without the end that a whole one has."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with suppress(ExportCancelledError):
            await super().__call__(scope, receive, send)


class Exports:
    """Makes files; a few at once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.board = ExportBoard(services.redis)
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def begin(self, export: Export) -> Iterator[bytes]:
        """Count, write the audit row, and return the file's parts.

        Raises
        ------
        NotAllowedError
            For a role that may not.
        Problem
            429 while too many are being made, 503 without a database.
        """
        demand(export.actor.role, Right.EXPORT)
        if not self._free.acquire(blocking=False):
            busy = ExportProgress(ExportState.BUSY, 0, 0)
            self.board.note(export.actor.name, export.key, busy)
            detail = "Other exports are being made; try again in a minute."
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"retry-after": "60"})
        try:
            parts = self._parts(replace(export, total=self._prepare(export)))
        except BaseException:
            self._free.release()
            raise
        # Begun here: from now on its end, whatever it be, gives the place free.
        return itertools.chain([next(parts)], parts)

    def _prepare(self, export: Export) -> int:
        query, services, actor = export.query, self._services, export.actor
        try:
            with reading(services.database) as session:
                total = count_rows(session, query.tab, query.filter)
        except StoreUnavailableError as error:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
        detail = {"rows": total, "format": export.format, "filter": to_fields(query)}
        what = Exported(actor.name, actor.address, str(query.tab), detail)
        note_export(services.database, what, services.now())
        return total

    def _parts(self, export: Export) -> Iterator[bytes]:
        tab, shown = export.query.tab, export.shown
        state, rows = ExportState.CANCELLED, _Rows(self.board, export)
        try:
            rows.note(ExportState.RUNNING)
            parts = rows.read(self._services)
            if export.format == "csv":
                yield from csv_chunks(titles(tab, shown), parts)
            else:
                yield from xlsx_chunks(shown.translate(TAB_WORDS[tab]), titles(tab, shown), parts)
            state = ExportState.DONE
        except ExportCancelledError:
            log.info("export cancelled", tab=str(tab), rows=rows.written)
            raise
        except Exception:
            state = ExportState.FAILED
            log.exception("export failed", tab=str(tab), rows=rows.written)
            raise  # the answer breaks off, so that nobody takes it for the whole
        finally:
            self._free.release()
            rows.note(state)


class _Rows:
    """Reads the rows of one export and notes how far it is."""

    def __init__(self, board: ExportBoard, export: Export) -> None:
        self._board = board
        self._export = export
        self.written = 0

    def note(self, state: ExportState) -> bool:
        """Tell where it is; return whether it was cancelled meanwhile."""
        total = max(self._export.total, self.written)
        progress = ExportProgress(state, self.written, total)
        return self._board.note(self._export.actor.name, self._export.key, progress)

    def read(self, services: Services) -> Iterator[Sequence[Sequence[Cell]]]:
        """Yield the cells of some rows at a time."""
        tab, shown = self._export.query.tab, self._export.shown
        for records in read_all(services.database, tab, self._export.query.filter):
            yield [cells(tab, record, shown) for record in records]
            self.written += len(records)
            if self.note(ExportState.RUNNING):
                raise ExportCancelledError


def exports_router(services: Services) -> APIRouter:
    """Make the router; the gate keeps strangers and displays out."""
    router = APIRouter(prefix="/history/export", include_in_schema=False)
    exports = Exports(services)

    @router.get("/progress/{key}")
    def progress(key: str, request: Request) -> Response:
        try:
            found = exports.board.find(actor_of(request).name, _key(key))
        except ProgressUnknownError as error:
            detail = "Nobody knows how far it is."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail) from error
        # It may be asked for before it has begun: that is no error.
        found = found or ExportProgress(ExportState.UNKNOWN, 0, 0)
        body = {"state": found.state, "rows": found.rows, "total": found.total}
        return json_answer(body)

    @router.post("/cancel/{key}")
    def cancel(key: str, request: Request) -> Response:
        if comes_from_here(request.headers) is False:
            raise Problem(HTTPStatus.FORBIDDEN, "The request does not come from this site.")
        try:
            exports.board.cancel(actor_of(request).name, _key(key))
        except ProgressUnknownError as error:
            detail = "It cannot be cancelled now; the browser can break the download off."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail) from error
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.get("/{tab}.{file_format}")
    def file(tab: Tab, file_format: Format, request: Request) -> Response:
        export = _export(tab, file_format, request, services)
        parts = exports.begin(export)
        name = f"attachment; filename*=UTF-8''{quote(export.file_name)}"
        # Not compressed on the way: XLSX is already, and a CSV of a million rows would cost a core.
        headers = {"content-disposition": name, "content-encoding": "identity"}
        return File(parts, headers=headers, media_type=MEDIA_TYPES[file_format])

    return router


def _export(tab: Tab, file_format: Format, request: Request, services: Services) -> Export:
    """Return what is asked for.

    Raises
    ------
    Problem
        403 if another site makes the browser ask: it would cost a core and fill the audit.
    """
    if comes_from_here(request.headers) is False:
        raise Problem(HTTPStatus.FORBIDDEN, "The request does not come from a page of this site.")
    fields = dict(reversed(request.query_params.multi_items()))
    query = replace(parse_query(fields), tab=tab)
    shown = Shown(as_lang(request.cookies.get(LANG_COOKIE)), services.now())
    return Export(query, file_format, actor_of(request), _key(fields.get("key", "")), 0, shown)


def _key(key: str) -> str:
    if KEY.fullmatch(key) is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The key is 16 to 64 hexadecimal digits.")
    return key
