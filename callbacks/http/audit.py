"""What the audit page asks for: ``/api/v1/audit`` and ``/audit/export/…``, for admins alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import StreamingResponse

from callbacks.http.answers import Answer, Ms
from callbacks.http.auth import LANG_COOKIE, admin_of
from callbacks.http.exports import MEDIA_TYPES
from callbacks.http.json_answer import json_answer
from callbacks.http.paths import comes_from_here
from callbacks.http.problems import Problem
from callbacks.http.tables import Cell, csv_chunks, xlsx_chunks
from callbacks.services import Services
from data.domain.audit import Entry, Result
from data.live.audit_state import read_state
from data.live.wire import to_ms
from data.store.audit_views import PAGE, AuditFilter, page, read_all
from data.store.exports import Exported, note_export
from data.store.guard import reading
from layouts.i18n import as_lang
from layouts.shown import Shown

Text = Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")]
Moment = Annotated[int | None, Query(ge=0, le=4_102_444_800_000, description="Unix ms")]
Format = Literal["csv", "xlsx"]
EXPORTED: Final = "audit.exported"


class AuditLine(Answer):
    """A row of the audit."""

    id: int
    at: Ms
    actor: str
    action: str
    subject: str
    address: str
    result: Result
    reason: str
    detail: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    hash: str


class AuditFinding(Answer):
    """What is wrong with the audit, and at which row."""

    fault: str
    id: int
    text: str


class Verification(Answer):
    """How the last verification ended: up to which row, and the first of its findings."""

    at: Ms
    newest: int
    count: int
    findings: list[AuditFinding]


class AuditAnswer(Answer):
    """A page of the audit, newest first; ``more``: there are rows before the last one."""

    now: Ms
    rows: list[AuditLine]
    more: bool
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters, as the address has them."""

    since: Moment = None
    until: Moment = None
    actor: Text = ""
    action: Text = ""
    subject: Text = ""
    address: Text = ""
    result: Result | None = None

    def filter(self) -> AuditFilter:
        """Return what the store is asked for."""
        return AuditFilter(
            _moment(self.since),
            _moment(self.until),
            self.actor.strip(),
            self.action.strip(),
            self.subject.strip(),
            self.address.strip(),
            self.result,
        )

    def fields(self) -> dict[str, Any]:
        """Return those that are set, for the audit of an export."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value not in {None, ""}}


Filter = Annotated[Asked, Depends()]


def audit_router(services: Services) -> APIRouter:
    """Make the router; the gate lets admins through alone."""
    router = APIRouter()

    @router.get("/api/v1/audit")
    def rows(
        asked: Filter, before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
    ) -> Response:
        with reading(services.database) as session:
            found = page(session, asked.filter(), before, PAGE + 1)
        answer = {
            "now": to_ms(services.now()),
            "rows": [_line(entry) for entry in found[:PAGE]],
            "more": len(found) > PAGE,
            "verification": read_state(services.redis),
        }
        return json_answer(answer)

    @router.get("/audit/export/audit.{file_format}", include_in_schema=False)
    def file(file_format: Format, asked: Filter, request: Request) -> Response:
        if comes_from_here(request.headers) is False:
            detail = "The request does not come from a page of this site."
            raise Problem(HTTPStatus.FORBIDDEN, detail)
        actor = admin_of(request)
        shown = Shown(as_lang(request.cookies.get(LANG_COOKIE)), services.now())
        what = {"format": file_format, "filter": asked.fields()}
        exported = Exported(actor.name, actor.address, "audit", what)
        note_export(services.database, exported, services.now(), EXPORTED)
        return _file(services, asked.filter(), file_format, shown)

    return router


def _file(services: Services, wanted: AuditFilter, file_format: Format, shown: Shown) -> Response:
    _ = shown.translate
    titles = [_("序号"), _("时间"), _("人员"), _("操作"), _("对象"), _("来源地址"), _("结果")]
    titles += [_("理由"), _("详情"), _("之前"), _("之后"), _("校验值")]
    parts = _cells(services, wanted)
    made = (
        csv_chunks(titles, parts) if file_format == "csv" else xlsx_chunks(_("审计"), titles, parts)
    )
    name = f"{_('新塘街道')}-{_('审计')}-{shown.day(shown.now)}.{file_format}"
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "content-encoding": "identity",
    }
    return StreamingResponse(made, headers=headers, media_type=MEDIA_TYPES[file_format])


def _cells(services: Services, wanted: AuditFilter) -> Iterator[Sequence[Sequence[Cell]]]:
    for rows in read_all(services.database, wanted):
        yield [
            [
                entry.id,
                entry.at,
                entry.actor,
                entry.action,
                entry.subject,
                entry.address,
                str(entry.result),
                entry.reason,
                *(_json(part) for part in (entry.detail, entry.before, entry.after)),
                entry.hash,
            ]
            for entry in rows
        ]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode() if value else ""


def _line(entry: Entry) -> dict[str, Any]:
    shown = {name: getattr(entry, name) for name in AuditLine.model_fields}
    return {**shown, "at": to_ms(entry.at)}


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
