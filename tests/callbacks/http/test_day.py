from datetime import timedelta

import pytest

from callbacks.http.day import CACHE_S, DayCache, day_view
from data.store.daily import read_day
from tests.data.store.weekrows import MONDAY, add, alarm, ground

NOON = MONDAY + timedelta(days=2, hours=12, minutes=30)


@pytest.fixture
def report(database):
    ground(database)
    add(database, alarm(NOON), alarm(NOON, acked_at=NOON + timedelta(seconds=80)))
    return read_day(database, NOON + timedelta(minutes=1))


def test_day_is_told_in_numbers(report):
    told = day_view(report)
    assert told["day"] == "2026-11-18"
    assert told["hours"] == [0] * 12 + [2]
    assert len(told["usual"]) == 24
    week = told["week"]
    assert (week["name"], week["running"], week["first"]) == ("2026-W47", True, "2026-11-16")
    assert week["this"] == {"alarms": 2, "fires": 0, "false_share": None, "response_s": 80.0}
    assert set(week["last"].values()) == {None}  # nothing was recorded then
    assert told["communities"] == {"350582005001": 2}


def test_day_is_read_once_in_thirty_seconds(report):
    clock, reads = [0.0], []

    def read():
        reads.append(clock[0])
        return report

    cache = DayCache(read, lambda: clock[0])
    first = cache.body()
    clock[0] = CACHE_S - 0.1
    assert cache.body() is first
    clock[0] = CACHE_S
    cache.body()
    assert reads == [0.0, CACHE_S]


def test_day_needs_a_session_and_is_open_to_a_display(site):
    assert site.client().get("/live/day").status_code == 401
    answer = site.client("display").get("/live/day")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"day", "at", "hours", "usual", "week", "communities"}
