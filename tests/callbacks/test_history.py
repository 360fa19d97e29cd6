from types import SimpleNamespace

import pytest
from dash import no_update
from dash.exceptions import PreventUpdate

from callbacks.history import Outlines, fields_of, view_rows, view_table
from data.domain.history import HistoryQuery, Tab
from data.store.database import Database
from data.store.history_outline import Mark, Outline
from data.store.models import Incident
from layouts.shown import Shown
from tests.cast import NOW, build_cast
from tests.markup import text

SHOWN = Shown("zh", NOW)


@pytest.fixture
def services(database):
    build_cast(database)
    return SimpleNamespace(database=database)


def block(services, tab=Tab.ALARMS, outlines=None, **request):
    asked = {"startRow": 0, "endRow": 100, "sortModel": [], **request}
    return view_rows(services, outlines or Outlines(), tab, asked, SHOWN)


def test_a_block_has_words_and_where_it_leads(services):
    view = block(services)
    assert view["rows"]["rowCount"] == 3
    fire = view["rows"]["rowData"][-1]
    assert fire["kind"] == "火警"
    assert fire["cause"] == "烟雾达到火警值 · 17.3 %"
    assert fire["time"] == "2026-11-22 10:23:25"
    assert fire["href"] == "/?building=B1"
    assert "共 3 条报警" in text(view["status"])


def test_incidents_lead_to_the_incident(services):
    view = block(services, Tab.INCIDENTS, endRow=2)
    rows = view["rows"]["rowData"]
    assert [row["href"] for row in rows] == ["/?incident=1", "/?incident=2"]
    assert [row["verdict"] for row in rows] == ["处置中", "误报"]


def test_how_an_incident_ended_is_no_verdict(services):
    with services.database.writing() as session:
        recovered, merged = session.get_one(Incident, 2), session.get_one(Incident, 3)
        recovered.verdict = merged.verdict = None
        recovered.closed_by, merged.merged_into = "system", 1
    rows = block(services, Tab.INCIDENTS, endRow=3)["rows"]["rowData"]
    assert [(row["verdict"], row["closed_by"]) for row in rows] == [
        ("处置中", ""),
        ("自行恢复", "系统"),
        ("已合并", "duty"),
    ]


def test_filters_come_with_the_question(services):
    view = block(services, context={"search": "kind=fault&tab=incidents"})
    assert [row["id"] for row in view["rows"]["rowData"]] == [3]


def test_titles_sort_before_the_address(services):
    asked = {"context": {"search": "sort=-kind"}}
    by_address = block(services, **asked)["rows"]["rowData"]
    by_title = block(services, sortModel=[{"colId": "kind", "sort": "asc"}], **asked)
    assert [row["id"] for row in by_address] == [2, 1, 3]
    assert [row["id"] for row in by_title["rows"]["rowData"]] == [3, 1, 2]


def test_nothing_found_says_what_to_do(services):
    view = block(services, context={"search": "q=nowhere"})
    assert view["rows"] == {"rowData": [], "rowCount": 0}
    assert "没有符合条件的记录" in text(view["status"])


def test_later_blocks_leave_the_line_above_alone(services):
    assert block(services, startRow=2, endRow=4)["status"] is no_update


def test_a_database_that_is_away_is_said_with_a_way_to_try_again(tmp_path):
    away = SimpleNamespace(database=Database(f"sqlite:///{tmp_path}/no/such.db"))
    view = block(away)
    assert view["rows"] == {"rowData": [], "rowCount": 0}
    assert "暂时无法读取数据" in text(view["status"])


@pytest.mark.parametrize("asked", [{"startRow": -1}, {"startRow": 9, "endRow": 9}, {"endRow": "x"}])
def test_other_blocks_are_not_answered(services, asked):
    with pytest.raises(PreventUpdate):
        block(services, **asked)


def test_a_block_is_never_larger_than_usual(services):
    assert len(block(services, endRow=10**9)["rows"]["rowData"]) == 3


def test_counts_are_remembered_for_a_while():
    now, asked = [0.0], []
    outlines = Outlines(lambda: now[0])

    def find(anew=False):
        count = lambda: asked.append(1) or len(asked)  # noqa: E731
        return outlines.find(HistoryQuery(), count, anew=anew).total

    assert [find(), find()] == [1, 1]
    assert find(anew=True) == 2
    now[0] = 31
    assert find() == 3


def test_places_are_remembered_until_the_next_count():
    outlines, query = Outlines(), HistoryQuery()
    first = outlines.find(query, lambda: 9, anew=False)
    more = first.marked(Mark(3, (NOW, 3)))
    outlines.keep(query, first, more)
    assert outlines.find(query, lambda: 9, anew=False) is more
    anew = outlines.find(query, lambda: 10, anew=True)
    outlines.keep(query, more, more.marked(Mark(4, (NOW, 4))))
    assert outlines.find(query, lambda: 9, anew=False) is anew == Outline(10)


def test_the_table_stays_while_its_tab_stays():
    view = view_table("?kind=fire", "", SHOWN)
    assert view["tab"] == "alarms"
    with pytest.raises(PreventUpdate):
        view_table("?kind=fault", "alarms", SHOWN)
    assert view_table("?tab=incidents", "alarms", SHOWN)["tab"] == "incidents"


def test_fields_of_an_address():
    assert fields_of("?kind=fire&kind=fault") == {"kind": "fire"}
    assert fields_of("?" + "a=1&" * 100) == {}
    assert fields_of(None) == {}
