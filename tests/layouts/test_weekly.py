from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.domain.weekly import DeviceFigures, headline
from data.domain.weeks import NoRecordError, parse_week
from data.domain.words import DeviceKind, Platform, Status
from layouts import ids
from layouts.header import HeaderView
from layouts.shown import Shown
from layouts.week_words import sentence
from layouts.weekly import (
    week_body,
    week_error,
    week_href,
    week_picker,
    week_unknown,
    weekly_page,
)
from tests.layouts.week import AFTER, INSIDE, WEEK, make_report
from tests.markup import bound, ids_in, links, text, walk

ZH, EN = Shown("zh", AFTER), Shown("en", AFTER)


def test_sentence_in_chinese():
    assert sentence(headline(make_report()), ZH) == (
        "发生火灾 1 起；共报警 42 条，比上周少 16%；上升最多的是沙塘（+10）；"
        "报警洪泛 1 次；逾期未整改隐患 3 处。"
    )


def test_sentence_in_english():
    assert sentence(headline(make_report()), EN) == (
        "Fires: 1; 42 alarms, 16% fewer than last week; the largest rise was in Shatang Community "
        "(+10); alarm floods: 1; overdue hazards: 3."
    )


def test_page_has_the_places_that_the_callbacks_fill():
    page = weekly_page(HeaderView(label="领导", role="leader", lang="zh"))
    assert {ids.URL, ids.WEEK_PICKER, ids.WEEK_BODY} <= set(ids_in(page))
    assert ids.WEEK_CHART in ids_in(week_body(make_report(), ZH))


@pytest.mark.parametrize("shown", [ZH, EN])
def test_body_needs_no_plotly_at_first(shown):
    kinds = {type(part).__name__ for part in walk(week_body(make_report(), shown))}
    assert "Graph" not in kinds


def test_english_body_leaves_no_chinese_words_of_its_own():
    told = text(week_body(replace(make_report(), fires=(), tasks=(), devices=()), EN))
    names = ("沙塘", "良种场", "烟感 01", "学府路 12 号")
    for name in names:
        told = told.replace(name, "")
    assert not [letter for letter in told if "\u4e00" <= letter <= "\u9fff"]


def test_running_week_says_so_and_a_past_one_does_not():
    inside = Shown("zh", INSIDE)
    assert "至今，统计到 11-18 12:00" in text(week_body(make_report(INSIDE), inside))
    assert "至今" not in text(week_body(make_report(), ZH))


def test_demo_data_and_schematic_boundaries_are_named():
    told = text(week_body(make_report(), ZH))
    assert "演示数据" in told
    assert "示意边界" in told
    assert "演示数据" not in text(week_body(make_report(demo=False), ZH))


def test_figures_mark_what_got_worse():
    figures = week_body(make_report(), ZH)[1]
    assert bound(figures, "trend") == ["same", "better", "better", "worse", *["same"] * 4]
    assert "90.0%" in text(figures)
    assert "1.3 分钟" in text(figures)


def test_measures_are_held_against_their_targets():
    told = text(week_body(make_report(), ZH))
    assert "处于洪泛的时间 2.00% · 1 次 < 1% 超标" in told
    assert "持续 24 小时以上 6 < 5 超标" in told
    assert "每 10 分钟平均报警 0.04 ≤ 2 达标" in told
    assert "洪泛 11-18 12:00：20 分钟 26 条，最高每 10 分钟 15 条" in told


def test_programme_shows_late_and_done_tasks():
    told = text(week_body(make_report(), ZH))
    assert "逾期 146 天" in told
    assert "已完成" in told


def test_empty_report_explains_its_empty_places():
    bare = replace(make_report(), fires=(), tasks=(), devices=(), coverage=(), communities=())
    told = text(week_body(bare, ZH))
    for sentence_of_place in (
        "本周没有火灾。",
        "还没有录入建设任务。",
        "还没有设备。",
        "还没有建筑。",
    ):
        assert sentence_of_place in told


def test_what_was_not_recorded_is_a_dash_and_never_a_zero():
    rows = tuple(replace(row, last=None, year_ago=None) for row in make_report().communities)
    report = replace(make_report(), last=None, year_ago=None, communities=rows)
    body = week_body(report, ZH)
    told = text(body)
    assert sentence(headline(report), ZH).startswith("发生火灾 1 起；共报警 42 条；报警洪泛")
    assert "沙塘 30 — — — 2" in told
    assert "火警 12 — — —" in told
    assert "上周检查" not in told
    assert bound(body[1], "trend") == ["same"] * 8


def test_week_before_the_first_record_says_so():
    since = datetime(2024, 11, 26, 17, tzinfo=UTC)
    unknown = NoRecordError(parse_week("2020-W01"), since)
    panel = week_unknown(unknown, parse_week("2020-W01"), WEEK, ZH)
    assert "没有这一周的数据" in text(panel)
    assert "最早的记录是 2024-11-27" in text(panel)
    assert links(panel) == [week_href(parse_week("2024-W48"))]
    nothing = week_unknown(NoRecordError(WEEK, None), WEEK, WEEK, ZH)
    assert links(nothing) == [week_href(WEEK)]


def test_online_rate_leaves_out_devices_out_of_service():
    rows = (
        DeviceFigures(
            DeviceKind.SMOKE,
            Platform.DETECTORS,
            {Status.NORMAL: 9, Status.STALE: 1, Status.DISABLED: 10},
        ),
        DeviceFigures(DeviceKind.GAS, Platform.DETECTORS, {Status.DISABLED: 3}),
    )
    told = text(week_body(replace(make_report(), devices=rows), ZH))
    assert "独立感烟 20 90.0% 1 0" in told
    assert "可燃气体 3 — 0 0" in told


def test_picker_leads_to_the_neighbours_but_not_into_the_future():
    assert links(week_picker(WEEK, WEEK, ZH)) == [
        week_href(parse_week("2026-W46")),
        week_href(WEEK),
    ]
    older = week_picker(parse_week("2026-W01"), WEEK, ZH)
    assert links(older)[:2] == [
        week_href(parse_week("2025-W52")),
        week_href(parse_week("2026-W02")),
    ]


def test_error_says_what_to_write():
    panel = week_error("2026-W60 …", WEEK, ZH)
    assert "2026-W47" in text(panel)
    assert links(panel) == [week_href(WEEK)]


def test_times_are_of_shanghai():
    late = make_report(AFTER + timedelta(hours=15, minutes=30))
    assert "11-24 00:30" in text(week_body(late, Shown("zh", late.at)))
