from datetime import UTC, date, datetime

import pytest

from data.domain.history import (
    HistoryFilter,
    HistoryQuery,
    Judged,
    Order,
    SortKey,
    Tab,
    parse_query,
    to_fields,
)
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind

FULL = {
    "tab": "incidents",
    "kind": "fire",
    "community": "350582005001",
    "category": "rental",
    "device_kind": "smoke",
    "verdict": "none",
    "since": "2026-11-01",
    "until": "2026-11-22",
    "q": "沙塘 3",
    "sort": "kind",
}


def test_a_question_survives_the_address():
    query = parse_query(FULL)
    assert query == HistoryQuery(
        Tab.INCIDENTS,
        HistoryFilter(
            AlarmKind.FIRE,
            "350582005001",
            BuildingCategory.RENTAL,
            DeviceKind.SMOKE,
            Judged.NONE,
            date(2026, 11, 1),
            date(2026, 11, 22),
            "沙塘 3",
        ),
        Order(SortKey.KIND, descending=False),
    )
    assert to_fields(query) == FULL


def test_the_usual_question_needs_no_words():
    assert to_fields(HistoryQuery()) == {}
    assert parse_query({}) == HistoryQuery()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "flood"},
        {"tab": "users"},
        {"verdict": "true"},
        {"since": "9999-12-31"},
        {"since": "20261122"},
        {"since": "2026-W47-1"},
        {"until": "0001-01-01"},
        {"sort": "-password"},
        {"q": "\x00\x07"},
    ],
)
def test_nonsense_is_left_out(fields):
    assert parse_query(fields) == HistoryQuery()


def test_days_are_those_of_shanghai_and_both_included():
    wanted = parse_query({"since": "2026-11-22", "until": "2026-11-22"}).filter
    assert wanted.begins == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert wanted.ends == datetime(2026, 11, 22, 16, tzinfo=UTC)


def test_days_the_wrong_way_round_are_turned():
    wanted = parse_query({"since": "2026-11-22", "until": "2026-11-01"}).filter
    assert (wanted.since, wanted.until) == (date(2026, 11, 1), date(2026, 11, 22))


def test_long_texts_are_cut():
    assert len(parse_query({"q": "长" * 500}).filter.text) == 60
