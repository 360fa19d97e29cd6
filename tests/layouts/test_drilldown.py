"""The panels, filled from a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callbacks.desk.handling import building_here, incident_at_hand
from data.domain.drilldown import Help
from data.store.cameras import cameras_near
from data.store.drilldown import (
    community_view,
    show_phones,
    subdistrict_view,
    work_point_view,
)
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
from data.store.drilldown_past import device_past
from data.store.models import AlarmRow, Incident, IncidentHistory
from layouts import ids
from layouts.drilldown import (
    community_panel,
    failed_panel,
    not_found_panel,
    subdistrict_panel,
    work_point_panel,
)
from layouts.drilldown_building import building_panel
from layouts.drilldown_device import device_panel
from layouts.drilldown_incident import incident_panel
from layouts.shown import Shown
from tests.cast import HOUYANG, NOW, SHATANG, build_cast, read_now
from tests.markup import bound, by_class, ids_in, links, text

ZH, EN = Shown("zh", NOW), Shown("en", NOW)
CHINESE = {chr(code) for code in range(0x4E00, 0x9FFF)}


@pytest.fixture
def session(database):
    build_cast(database)
    with database.reading() as session:
        yield session


def building(session, key, shown):
    view = building_view(session, key, read_now)
    here = building_here(session, key, view.alarms, shown)
    return building_panel(view, cameras_near(session, view.facts, read_now), here, shown)


def incident(session, key, shown):
    return incident_panel(*incident_at_hand(session, key, read_now), shown)


def device(session, key, shown):
    view = device_view(session, key, read_now)
    return device_panel(view, device_past(session, key, view.community.id), shown)


def test_subdistrict_leads_to_work_points_and_communities(session):
    panel = subdistrict_panel(subdistrict_view(session), NOW, ZH)
    assert links(panel) == ["/?work_point=A", f"/?community={SHATANG}", f"/?community={HOUYANG}"]
    assert bound(panel, "community") == [SHATANG, HOUYANG]
    assert "2 个社区 · 1 个工作点" in text(panel)
    assert "年份和口径（户籍、常住、流动）不同" in text(panel)


def test_work_point_says_that_the_grouping_is_assumed(session):
    panel = work_point_panel(work_point_view(session, "A"), NOW, ZH)
    assert "假定分组" in text(panel)
    assert (bound(panel, "view"), bound(panel, "id")) == (["work_point"], ["A"])


def test_community_lists_buildings_with_living_marks(session):
    show_phones(session, whole=True)
    panel = community_panel(community_view(session, SHATANG), NOW, replace(ZH, may_call=True))
    assert [c for c in bound(panel, "building") if c == "B1"] == ["B1", "B1"]
    assert len(bound(panel, "order-by-status")) == 2
    assert "tel:0595-00000003" in links(panel)
    for words in ("示意边界", "未整改隐患 2 处", "三合一 1", "网格员 03"):
        assert words in text(panel)


def test_empty_community_says_what_would_be_there(session):
    panel = text(community_panel(community_view(session, HOUYANG), None, ZH))
    assert "尚未登记网格员" in panel
    assert "人口为假定值" in panel


def test_building_answers_the_officers_questions(session):
    panel = building(session, "B1", ZH)
    words = text(panel)
    for expected in (
        "火警 · 烟雾达到火警值",
        "应建未建",
        "责任人 0001",
        "17.3 %",
        "12 秒前",
        "111 米",
        "0.30 MPa",
        "步行约 6 分钟",
        "无水压监测",
        "重大隐患",
        "已逾期",
        "做饭油烟",
        "火警 · 处置中",
        "2025-10-18",
        "其中 1 处已逾期",
        "摄像机 01",
        "平面图与照片",
        "最近读数",
    ):
        assert expected in words
    assert bound(panel, "watch") == ["B1"]
    assert bound(panel, "slot")[0] == 0
    assert "S1:smoke_pct" in bound(panel, "value-of")
    assert "P1:pressure_mpa" in bound(panel, "value-of")
    assert links(panel)[:2] == ["/", f"/?community={SHATANG}"]
    assert {"/?incident=1", "/history/?tab=incidents&q=B1"} <= set(links(panel))
    assert bound(panel, "camera") == ["CAM1"]


def test_a_bare_building_has_only_empty_states(session):
    panel = building(session, "B3", ZH)
    assert len(by_class(panel, "empty")) == 9
    assert "此建筑没有联网设备" in text(panel)


def test_device_shows_values_thresholds_and_history(session):
    panel = device(session, "S1", ZH)
    words = text(panel)
    for expected in (
        "烟雾浓度 ≥ 15.0 %",
        "< 8.0 %",
        "失联 → 正常",
        "超过三个上报间隔没有消息",
        "3 分钟",
        "故障 · 电池电量低",
        "维保单位",
        "还没有维修记录",
    ):
        assert expected in words
    assert {ids.TREND_OPEN, ids.TREND_PANEL} <= set(ids_in(panel))
    assert bound(panel, "slot")[0] == 0
    assert (bound(panel, "watch"), bound(panel, "building-id")) == (["B1"], ["B1"])


def test_alarms_of_a_device_lead_to_their_incidents(session):
    session.get_one(AlarmRow, 1).incident_id = 1
    session.flush()
    panel = device(session, "S1", ZH)
    assert links(panel).count("/?incident=1") == 2  # as one that is open, and in its past
    assert "/history/?tab=alarms&q=S1" in links(panel)


def test_device_in_the_street_without_readings(session):
    panel = device(session, "CAM1", ZH)
    assert "查看画面" in text(panel)
    assert bound(panel, "camera") == ["CAM1"]
    assert "不在建筑内" in text(panel)
    assert bound(panel, "watch") == []


@pytest.mark.parametrize(
    "kind", ["community", "work_point", "building", "device", "slot", "incident"]
)
def test_unknown_ids_are_refused_kindly(kind):
    panel = not_found_panel(kind, "<script>" + "x" * 500, ZH)
    assert "没有找到" in text(panel)
    assert len(text(panel)) < 200
    assert links(panel)[-1] == "/"


def test_english_panels_have_no_chinese_but_names(session):
    panels = [
        subdistrict_panel(subdistrict_view(session), NOW, EN),
        work_point_panel(work_point_view(session, "A"), NOW, EN),
        failed_panel(EN),
        not_found_panel("building", "B9", EN),
    ]
    for panel in panels:
        assert not CHINESE & set(text(panel))
    said = text(building(session, "B1", EN))
    for expected in ("Required, missing", "Three-in-one", "Shatang Community", "12 s ago"):
        assert expected in said


def test_an_incident_says_who_did_what_and_why_it_is_believed(session):
    session.get_one(Incident, 2).confidence = "smoke+heat/90"
    session.add(
        IncidentHistory(incident_id=2, at=NOW - timedelta(days=2), action="closed", actor="duty")
    )
    session.flush()
    panel = incident(session, "2", ZH)
    for expected in (
        "火警警情 2",
        "可信度高：90 秒内先后报警的有 独立感烟 + 感温。",
        "已结案",
        "误报",
        "做饭油烟",
        "9 分钟",
    ):
        assert expected in text(panel)
    assert (bound(panel, "view"), bound(panel, "building-id")) == (["incident"], ["B1"])
    assert "/?building=B1" in links(panel)


def test_an_incident_that_ended_by_itself_says_so_and_that_nobody_did_it(session):
    row = session.get_one(Incident, 2)
    row.verdict = row.verdict_cause = None
    row.closed_by = "system"
    session.add(
        IncidentHistory(
            incident_id=2, at=NOW - timedelta(days=2), action="recovered", actor="system"
        )
    )
    session.flush()
    panel = text(incident(session, "2", ZH))
    assert "自行恢复，未派人" in panel
    assert "系统" in panel
    assert "system" not in panel
    assert "cleared by itself, nobody sent" in text(incident(session, "2", EN))


def test_an_open_alarm_of_a_building_leads_to_its_incident(session):
    assert "/?device=S1" in links(building(session, "B1", ZH))
    before = links(building(session, "B1", ZH)).count("/?incident=1")
    session.get_one(AlarmRow, 1).incident_id = 1
    session.flush()
    assert links(building(session, "B1", ZH)).count("/?incident=1") == before + 1


def test_an_open_incident_of_one_device_is_not_called_credible(session):
    session.get_one(AlarmRow, 1).incident_id = 1
    session.flush()
    panel = incident(session, "1", ZH)
    for expected in (
        "只有一台设备报警",
        "处置中",
        "确认 等待 00:42",
        "火警 · 烟雾达到火警值 · 17.3 %",
        "还没有记录",
    ):
        assert expected in text(panel)


def test_an_incident_in_english_has_no_chinese_but_names(session):
    row = session.get_one(Incident, 3)
    row.building_id, row.verdict_cause = None, "cooking"
    session.flush()
    at_hand, found = incident_at_hand(session, "3", read_now)
    panel = incident_panel(at_hand, Help((), (), ()), EN)
    assert not CHINESE & set(text(panel))
    assert "pressure not monitored" in text(incident_panel(at_hand, found, EN))
    assert bound(panel, "building-id") == []
