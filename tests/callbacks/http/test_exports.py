import asyncio
import io

import pytest
from openpyxl import load_workbook
from redis import Redis
from sqlalchemy import select

from callbacks.http import exports
from callbacks.http.exports import Export, ExportCancelledError, Exports, File
from callbacks.http.problems import Problem
from data.commands import Actor
from data.domain.history import HistoryQuery
from data.domain.words import Role
from data.live.exports import ExportBoard, ExportProgress, ExportState, ProgressUnknownError
from data.store import history
from data.store.models import AlarmRow, Audit
from layouts.shown import Shown
from tests.lane import T0
from tests.site import FROM_HERE

KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def alarms(site):
    """Five alarms of the lane; one device calls itself a formula."""
    with site.services.database.writing() as session:
        session.add_all(
            AlarmRow(
                id=number,
                device_id="S0",
                building_id="B1",
                community_code="350582005001",
                message_id=f"m{number}",
                kind="fire" if number == 1 else "fault",
                cause="smoke_fire",
                note="=1+1" if number == 1 else None,
                raised_at=T0,
                received_at=T0,
                last_at=T0,
            )
            for number in range(1, 6)
        )


def audits(site):
    with site.services.database.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "history.exported"))
        return [(row.actor, row.subject, row.detail) for row in rows]


def ask(client, path, key=KEY, **fields):
    return client.get(path, params={"key": key, **fields}, headers=FROM_HERE)


@pytest.mark.usefixtures("alarms")
def test_csv_of_a_question_is_audited_and_its_progress_told(site):
    client = site.client("duty")
    before = len(audits(site))
    answer = ask(client, "/history/export/alarms.csv", kind="fire")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    (made,) = audits(site)[before:]
    assert made == (
        "duty",
        "alarms",
        {"rows": 1, "format": "csv", "filter": {"kind": "fire"}},
    )
    told = client.get(f"/history/export/progress/{KEY}").json()
    assert told == {"state": "done", "rows": 1, "total": 1}
    others = site.client("admin").get(f"/history/export/progress/{KEY}").json()
    assert others == {"state": "unknown", "rows": 0, "total": 0}


@pytest.mark.usefixtures("alarms")
def test_xlsx_in_english_for_a_leader(site):
    client = site.client("leader")
    client.cookies["xt_lang"] = "en"
    answer = ask(client, "/history/export/alarms.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert (sheet.title, sheet.max_row, sheet["A1"].value) == ("Alarms 1", 6, "Time")


def test_incidents_without_any(site):
    answer = ask(site.client("admin"), "/history/export/incidents.csv")
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 1


def test_displays_and_strangers_take_nothing_out(site):
    before = audits(site)
    assert ask(site.client("display"), "/history/export/alarms.csv").status_code == 403
    assert ask(site.client(), "/history/export/alarms.csv").status_code == 401
    assert audits(site) == before


def test_another_site_cannot_make_a_browser_export(site):
    client = site.client("duty")
    headers = {"sec-fetch-site": "cross-site"}
    path = f"/history/export/alarms.csv?key={KEY}"
    assert client.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("key", ["", "short", "G" * 20, "a" * 65])
def test_keys_are_checked(site, key):
    assert ask(site.client("duty"), "/history/export/alarms.csv", key=key).status_code == 422


@pytest.mark.parametrize("path", ["alarms.pdf", "users.csv"])
def test_other_files_are_not_there(site, path):
    assert ask(site.client("duty"), f"/history/export/{path}").status_code == 422


def export(key=KEY):
    actor = Actor("duty", Role.DUTY)
    return Export(HistoryQuery(), "csv", actor, key, 0, Shown("zh", T0))


@pytest.mark.usefixtures("alarms")
def test_a_transfer_that_breaks_off_is_cancelled_and_gives_its_place_free(site, monkeypatch):
    monkeypatch.setattr(history, "EXPORT_STEP", 2)
    made = Exports(site.services)
    for number in range(2 * exports.AT_ONCE):
        key = f"{number:016x}"
        parts = made.begin(export(key))
        next(parts), next(parts), next(parts)
        del parts
        assert made.board.find("duty", key) == ExportProgress(ExportState.CANCELLED, 2, 5)


@pytest.mark.usefixtures("alarms")
def test_a_cancelled_export_breaks_off_and_gives_its_place_free(site, monkeypatch):
    monkeypatch.setattr(history, "EXPORT_STEP", 2)
    made, key = Exports(site.services), "c" * 16
    parts = made.begin(export(key))
    next(parts), next(parts)
    client = site.client("duty")
    assert site.client("admin").post(f"/history/export/cancel/{key}", headers=FROM_HERE).is_success
    next(parts)  # another person's word does not count
    assert client.post(f"/history/export/cancel/{key}", headers=FROM_HERE).status_code == 204
    with pytest.raises(ExportCancelledError):
        list(parts)
    assert made.board.find("duty", key) == ExportProgress(ExportState.CANCELLED, 4, 5)
    assert all(list(made.begin(export(f"{n:016x}"))) for n in range(exports.AT_ONCE))


@pytest.mark.parametrize("version", ["2.3", "2.4"])
def test_the_answer_of_a_cancelled_export_has_no_end(version):
    def parts():
        yield b"half"
        raise ExportCancelledError

    sent = []

    async def send(message):
        sent.append(message)

    async def answer():
        scope = {"type": "http", "asgi": {"spec_version": version}}
        await File(parts())(scope, asyncio.Event().wait, send)

    asyncio.run(answer())
    assert [message.get("body") for message in sent] == [None, b"half"]
    assert sent[-1]["more_body"]


@pytest.mark.parametrize(("key", "status"), [("short", 422), ("e" * 16, 204)])
def test_a_cancel_needs_a_key_and_a_page_of_ours(site, key, status):
    client, path = site.client("duty"), f"/history/export/cancel/{key}"
    assert client.post(path, headers=FROM_HERE).status_code == status
    assert client.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_too_many_at_once_are_turned_away(site):
    made = Exports(site.services)
    held = [made.begin(export()) for _ in range(exports.AT_ONCE)]
    with pytest.raises(Problem) as refused:
        made.begin(export("f" * 16))
    assert (refused.value.status, refused.value.headers) == (429, {"retry-after": "60"})
    assert made.board.find("duty", "f" * 16) == ExportProgress(ExportState.BUSY, 0, 0)
    assert list(held.pop())
    assert list(made.begin(export()))


@pytest.mark.usefixtures("alarms")
def test_a_failure_breaks_the_file_off_and_says_so(site, monkeypatch):
    monkeypatch.setattr(history, "EXPORT_STEP", 2)
    made = Exports(site.services)
    parts = made.begin(export())
    next(parts), next(parts)

    def broken(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(exports, "cells", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        list(parts)
    assert made.board.find("duty", KEY).state is ExportState.FAILED


def test_without_redis_the_file_comes_and_nobody_knows_how_far():
    board = ExportBoard(Redis(host="127.0.0.1", port=1))
    board.note("duty", KEY, ExportProgress(ExportState.RUNNING, 1, 2))
    with pytest.raises(ProgressUnknownError):
        board.find("duty", KEY)
