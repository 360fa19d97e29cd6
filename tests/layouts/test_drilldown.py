"""The panels, filled from a real database."""

import pytest

from data.store.drilldown import community_view, subdistrict_view, work_point_view
from data.store.drilldown_building import building_view
from data.store.drilldown_device import device_view
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


def test_subdistrict_leads_to_work_points_and_communities(session):
    panel = subdistrict_panel(subdistrict_view(session), ZH)
    assert links(panel) == ["/?work_point=A", f"/?community={SHATANG}", f"/?community={HOUYANG}"]
    assert bound(panel, "community") == [SHATANG, HOUYANG]
    assert "2 个社区 · 1 个工作点" in text(panel)


def test_work_point_says_that_the_grouping_is_assumed(session):
    panel = work_point_panel(work_point_view(session, "A"), ZH)
    assert "假定分组" in text(panel)
    assert (bound(panel, "view"), bound(panel, "id")) == (["work_point"], ["A"])


def test_community_lists_buildings_with_living_marks(session):
    panel = community_panel(community_view(session, SHATANG), ZH)
    assert [c for c in bound(panel, "building") if c == "B1"] == ["B1", "B1"]
    assert len(bound(panel, "order-by-status")) == 2
    assert "tel:0595-00000003" in links(panel)
    for words in ("示意边界", "未整改隐患 2 处", "三合一 1", "网格员 03"):
        assert words in text(panel)


def test_empty_community_says_what_would_be_there(session):
    panel = text(community_panel(community_view(session, HOUYANG), ZH))
    assert "尚未登记网格员" in panel
    assert "人口为假定值" in panel


def test_building_answers_the_officers_questions(session):
    panel = building_panel(building_view(session, "B1", read_now), ZH)
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
    ):
        assert expected in words
    assert bound(panel, "watch") == ["B1"]
    assert bound(panel, "slot")[0] == 0
    assert "S1:smoke_pct" in bound(panel, "value-of")
    assert "P1:pressure_mpa" in bound(panel, "value-of")
    assert links(panel)[:2] == ["/", f"/?community={SHATANG}"]


def test_a_bare_building_has_only_empty_states(session):
    panel = building_panel(building_view(session, "B3", read_now), ZH)
    assert len(by_class(panel, "empty")) == 7
    assert "此建筑没有联网设备" in text(panel)


def test_device_shows_values_thresholds_and_history(session):
    panel = device_panel(device_view(session, "S1", read_now), ZH)
    words = text(panel)
    for expected in (
        "烟雾浓度 ≥ 15.0 %",
        "< 8.0 %",
        "失联 → 正常",
        "超过三个上报间隔没有消息",
        "3 分钟",
    ):
        assert expected in words
    assert {ids.TREND_OPEN, ids.TREND_PANEL} <= set(ids_in(panel))
    assert bound(panel, "slot")[0] == 0
    assert (bound(panel, "watch"), bound(panel, "building-id")) == (["B1"], ["B1"])


def test_device_in_the_street_without_readings(session):
    panel = device_panel(device_view(session, "CAM1", read_now), ZH)
    assert "此设备还没有上报数值" in text(panel)
    assert "不在建筑内" in text(panel)
    assert bound(panel, "watch") == []


@pytest.mark.parametrize("kind", ["community", "work_point", "building", "device", "slot"])
def test_unknown_ids_are_refused_kindly(kind):
    panel = not_found_panel(kind, "<script>" + "x" * 500, ZH)
    assert "没有找到" in text(panel)
    assert len(text(panel)) < 200
    assert links(panel)[-1] == "/"


def test_english_panels_have_no_chinese_but_names(session):
    panels = [
        subdistrict_panel(subdistrict_view(session), EN),
        work_point_panel(work_point_view(session, "A"), EN),
        failed_panel(EN),
        not_found_panel("building", "B9", EN),
    ]
    for panel in panels:
        assert not CHINESE & set(text(panel))
    building = text(building_panel(building_view(session, "B1", read_now), EN))
    for expected in ("Required, missing", "Three-in-one", "Shatang Community", "12 s ago"):
        assert expected in building
