from datetime import UTC, datetime, timedelta

import pytest

from data.domain.views import Place
from data.domain.words import DeviceKind
from layouts.shown import Shown, quantity, unit
from tests.cast import NOW

ZH, EN = Shown("zh", NOW), Shown("en", NOW)


@pytest.mark.parametrize(
    ("ago", "zh", "en"),
    [
        (timedelta(seconds=12), "12 秒前", "12 s ago"),
        (timedelta(seconds=-3), "0 秒前", "0 s ago"),
        (timedelta(minutes=59), "59 分钟前", "59 min ago"),
        (timedelta(hours=23), "23 小时前", "23 h ago"),
        (timedelta(days=3), "3 天前", "3 d ago"),
    ],
)
def test_age_in_the_largest_unit(ago, zh, en):
    assert (ZH.age(NOW - ago), EN.age(NOW - ago)) == (zh, en)


def test_times_are_shanghai_and_name_another_year():
    assert ZH.moment(NOW) == "11-22 10:24"
    assert ZH.moment(datetime(2025, 12, 31, 16, tzinfo=UTC)) == "01-01 00:00"
    assert ZH.moment(datetime(2025, 6, 1, tzinfo=UTC)) == "2025-06-01 08:00"
    assert ZH.day(datetime(2026, 1, 1, 20, tzinfo=UTC)) == "2026-01-02"


def test_durations():
    assert [ZH.duration(s) for s in (45, 180, 7200)] == ["45 秒", "3 分钟", "2 小时"]


def test_place_falls_back_to_chinese():
    assert EN.place(Place("A", "沙塘片", "")) == "沙塘片"
    assert EN.place(Place("A", "沙塘片", "Shatang area")) == "Shatang area"


def test_a_devices_line_does_not_repeat_its_name():
    assert ZH.device(DeviceKind.SMOKE, "烟感 01", "3层") == "独立感烟 · 3层"
    assert ZH.device(DeviceKind.PRESSURE, "水压 01", "") == ""


def test_values_have_their_own_precision_and_unit():
    assert (quantity("pressure_mpa", 0.3), unit("pressure_mpa")) == ("0.30", "MPa")
    assert (quantity("unheard_of", 1.26), unit("unheard_of")) == ("1.3", "")
