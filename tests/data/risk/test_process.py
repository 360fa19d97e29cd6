"""The risk process on a real database and Redis: the present follows, weeks are frozen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from redis import Redis
from sqlalchemy import update

from data.domain.risk.codec import to_bytes
from data.domain.risk.known import facts_at
from data.domain.risk.model import score
from data.domain.words import AlarmKind, Reported, Verdict
from data.live import keys
from data.live.present import PresentMissingError
from data.live.risk import present_risk, risk_version
from data.risk.counters import read_counts
from data.risk.process import RiskProcess
from data.risk.weeks import HINDCASTS
from data.store import risk_forecasts
from data.store.models import (
    Building,
    Fire,
    Hazard,
    Incident,
    Inspection,
    Meta,
    RiskForecast,
    RiskScore,
)
from data.store.risk_records import load_live, load_records
from tests.lane import BOX, T0, Lane

COMMUNITY = "350582005001"


@pytest.fixture
def town(lane: Lane) -> Lane:
    """The lane with four buildings more and a past of a year."""
    with lane.database.writing() as session:
        for number in range(2, 6):
            session.add(
                Building(
                    id=f"B{number}",
                    name=f"沙塘 {number} 号",
                    address="沙塘一路",
                    category="three_in_one" if number == 2 else "rental",
                    community_code=COMMUNITY,
                    storeys=number,
                    residents=10 * number,
                    lon=118.5902 + number * 1e-4,
                    lat=24.7602,
                    geometry=BOX,
                )
            )
        session.flush()
        for weeks in range(1, 52):
            session.add(fire(T0 - timedelta(weeks=weeks), "B2" if weeks % 3 else "B3"))
        session.add(
            Inspection(building_id="B4", at=T0 - timedelta(days=3), inspector="", result="ok")
        )
    lane.worker.heal()
    return lane


def fire(at: datetime, building: str) -> Fire:
    return Fire(
        at=at,
        building_id=building,
        community_code=COMMUNITY,
        lon=118.5904,
        lat=24.7602,
        cause="unknown",
    )


def process(lane: Lane) -> RiskProcess:
    return RiskProcess(lane.database, lane.redis, lane.clock)


def now_of(lane: Lane) -> Any:
    found = present_risk(lane.redis)
    assert found is not None
    return found[1]


def expected(lane: Lane, building: str) -> float:
    forecast = now_of(lane)
    return float(forecast.expected[forecast.row(building)])


def add(lane: Lane, row: Any) -> None:
    with lane.database.writing() as session:
        session.add(row)


def hazard(lane: Lane, building: str) -> Hazard:
    return Hazard(building_id=building, kind="wiring", level=2, found_at=lane.clock())


def test_the_present_follows_what_matters_without_a_whole_look(
    town: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = process(town)
    assert risk.look()
    before = expected(town, "B3")
    assert len(now_of(town)) == 5
    monkeypatch.setattr(risk, "look_at_all", never)
    town.clock.tick(10)
    version = risk_version(town.redis)
    risk.look()
    assert risk_version(town.redis) == version
    add(town, hazard(town, "B3"))
    town.clock.tick(10)
    risk.look()
    assert expected(town, "B3") > before * 1.3
    with town.database.writing() as session:
        session.execute(update(Hazard).values(closed_at=town.clock()))
    town.clock.tick(10)
    risk.look()
    assert expected(town, "B3") == pytest.approx(before, rel=1e-3)
    old = expected(town, "B1")
    town.send("S0", reported=Reported.NORMAL)  # it was silent
    town.clock.tick(10)
    risk.look()
    assert expected(town, "B1") < old


def never(*_: Any) -> bool:
    raise AssertionError("everything was looked at again")


def test_looking_at_changes_gives_what_a_whole_look_gives(town: Lane) -> None:
    risk = process(town)
    risk.look()
    add(town, hazard(town, "B4"))
    town.clock.tick(20)
    risk.look()
    forecast = now_of(town)
    with town.database.reading() as session:
        records = load_records(session)
        live = load_live(session, records)
    assert risk._present is not None
    some = facts_at(records, town.clock().timestamp(), live)
    some = some.having(nearby=risk._present.canvas.density.nearby(some.xy))
    whole, _ = score(forecast.model, some)
    assert forecast.expected == pytest.approx(whole, rel=1e-3)


def test_an_hour_a_new_map_and_a_wiped_redis_are_noticed(town: Lane) -> None:
    risk = process(town)
    looks = counted(risk)
    risk.look()
    town.clock.tick(3599)
    risk.look()
    assert looks() == 1
    town.clock.tick(1)
    risk.look()
    assert looks() == 2
    with town.database.writing() as session:
        session.merge(Meta(key="geometry_version", value="another"))
    risk.look()
    assert looks() == 3
    town.clock.tick(-7200)  # the clock was set back
    risk.look()
    assert looks() == 4
    town.redis.delete(keys.RISK)
    assert present_risk(town.redis) is None
    risk.look()
    assert looks() == 4
    assert present_risk(town.redis) is not None


def test_when_much_changed_at_once_everything_is_looked_at(
    town: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.risk.process.MANY", 1)
    risk = process(town)
    looks = counted(risk)
    risk.look()
    for building in ("B3", "B4"):
        add(town, hazard(town, building))
    before = expected(town, "B4")
    town.clock.tick(10)
    assert risk.look()
    assert looks() == 2
    assert expected(town, "B4") > before


def counted(risk: RiskProcess) -> Callable[[], int]:
    looks, whole = [0], risk.look_at_all

    def look(*arguments: Any) -> bool:
        looks[0] += 1
        return whole(*arguments)

    risk.look_at_all = look  # type: ignore[method-assign]
    return lambda: looks[0]


def test_past_weeks_are_forecast_afterwards_and_scored_and_say_so(town: Lane) -> None:
    risk = process(town)
    while risk.step():
        pass
    with town.database.reading() as session:
        told = risk_forecasts.weeks(session)
    assert len(told) == HINDCASTS + 1
    assert not any(week.frozen for week in told)
    assert told[0].score is None  # it runs
    scored = [week.score for week in told if week.score is not None]
    assert len(scored) == HINDCASTS
    assert sum(week.events for week in scored) == 51
    assert {len(week.hits["model"]["10"]) for week in scored} == {0, 1}
    assert told[0].sufficient
    assert not told[-1].sufficient


def test_the_coming_week_is_frozen_before_it_begins(town: Lane) -> None:
    town.clock.now = datetime(2026, 6, 7, 15, tzinfo=UTC)  # Sunday 23:00 in Shanghai
    risk = process(town)
    while risk.step():
        pass
    with town.database.reading() as session:
        told = risk_forecasts.weeks(session)
        made = risk_forecasts.forecast_of(session, told[0].week)
    assert (str(told[0].week), told[0].frozen) == ("2026-06-08", True)
    assert made is not None
    assert made.as_of == town.clock()
    add(town, fire(town.clock() + timedelta(days=2), "B2"))
    town.clock.tick(8 * 86_400)
    again = process(town)
    while again.step():
        pass
    with town.database.reading() as session:
        week = next(w for w in risk_forecasts.weeks(session) if str(w.week) == "2026-06-08")
        kept = risk_forecasts.forecast_of(session, week.week)
    assert week.frozen
    assert kept is not None
    assert to_bytes(kept) == to_bytes(made)
    assert week.score is not None
    assert week.score.events == 1


def test_a_verdict_that_comes_late_counts_when_the_week_is_scored_again(town: Lane) -> None:
    risk = process(town)
    while risk.step():
        pass
    opened = T0 - timedelta(days=3)
    add(
        town,
        Incident(
            building_id="B5",
            community_code=COMMUNITY,
            kind=AlarmKind.FIRE,
            opened_at=opened,
            last_at=opened,
            closed_at=town.clock(),
            verdict=Verdict.REAL,
        ),
    )
    before = events_of_last_week(town)
    town.clock.tick(2 * 86_400)
    while risk.step():
        pass
    assert events_of_last_week(town) == before + 1


def events_of_last_week(lane: Lane) -> int:
    with lane.database.reading() as session:
        row = session.get(RiskScore, datetime(2026, 5, 25, tzinfo=UTC).date())
    assert row is not None
    return row.events


def test_a_frozen_forecast_is_never_written_again_and_a_changed_one_is_seen(town: Lane) -> None:
    risk = process(town)
    risk.step()
    with town.database.reading() as session:
        (week,) = risk_forecasts.weeks(session)
        made = risk_forecasts.forecast_of(session, week.week)
    assert made is not None
    with (
        pytest.raises(risk_forecasts.FrozenError, match="has its forecast"),
        town.database.writing() as session,
    ):
        risk_forecasts.add(session, made, town.clock(), frozen=True)
    with town.database.writing() as session:
        session.execute(update(RiskForecast).values(body=b"x"))
    with (
        town.database.reading() as session,
        pytest.raises(risk_forecasts.RiskError, match="was changed"),
    ):
        risk_forecasts.forecast_of(session, week.week)
    town.clock.tick(8 * 86_400)
    again = process(town)
    while again.step():
        pass  # the damaged week is left out, the others are scored
    assert town.count(RiskScore) > 40


def test_two_processes_do_no_harm(town: Lane) -> None:
    one, two = process(town), process(town)
    for _ in range(6):
        one.step()
        two.step()
    assert town.count(RiskForecast) == 12
    one.step()
    two.step()
    told = read_counts(town.redis)
    assert told is not None
    assert (told["whole"], told["afterwards"]) == (2, 12)
    assert told["age_seconds"] <= 60


def test_of_two_who_write_a_week_at_once_one_is_refused(
    town: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = process(town)
    risk.step()
    with town.database.reading() as session:
        (week,) = risk_forecasts.weeks(session)
        made = risk_forecasts.forecast_of(session, week.week)
    assert made is not None
    with town.database.writing() as session:
        monkeypatch.setattr(session, "get", lambda *_: None)  # neither saw the other's
        with pytest.raises(risk_forecasts.FrozenError, match="has its forecast"):
            risk_forecasts.add(session, made, town.clock(), frozen=True)
        session.rollback()
    assert town.count(RiskForecast) == 1


def test_without_any_past_it_rests_on_published_weights(lane: Lane) -> None:
    risk = process(lane)
    assert risk.look()
    forecast = now_of(lane)
    assert not forecast.model.sufficient
    assert np.isfinite(forecast.expected).all()


def test_while_redis_is_away_it_tries_again(town: Lane) -> None:
    away: Any = Redis(port=1)
    risk, stop = RiskProcess(town.database, away, town.clock), Event()
    running = Thread(target=risk.run, args=(stop,))
    running.start()
    stop.set()
    running.join(20)
    assert not running.is_alive()
    with pytest.raises(PresentMissingError):
        risk_version(away)
    assert read_counts(away) is None


def test_a_failure_is_counted_and_told_when_redis_is_back(
    town: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk, stop = process(town), Event()
    risk.look()
    step, tried = risk.step, [0]

    def one_failure_then_one_step() -> bool:
        tried[0] += 1
        if tried[0] == 1:
            raise PresentMissingError("redis is away")
        stop.set()
        return step()

    monkeypatch.setattr("data.risk.process.LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(risk, "step", one_failure_then_one_step)
    risk.run(stop)
    told = read_counts(town.redis)
    assert told is not None
    assert told["failed"] == 1
