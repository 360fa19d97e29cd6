"""The forecasts of the weeks: which are missing or to be scored, and how that is done."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from data.domain.risk.known import Live, Records
from data.domain.risk.making import Maker
from data.domain.risk.records import RiskError
from data.domain.risk.verify import Week as Scored
from data.domain.risk.verify import verify
from data.domain.weeks import SHANGHAI, Week, week_at, week_of_date
from data.store import risk_forecasts
from data.store.database import Database
from data.store.risk_records import load_live, load_records, study_area
from geo.risk.surface import Frame, frame_of

#: The coming week's forecast is made so long before the week begins.
EARLY: Final = timedelta(hours=6)
#: So many past weeks are forecast afterwards where there are none.
HINDCASTS: Final = 52
#: Verdicts come late: a week is scored again, once a day, until it is so old.
SCORED_FOR: Final = timedelta(weeks=4)
SCORED_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that forecasts are made from, read at one moment."""

    records: Records
    live: Live
    frame: Frame
    maker: Maker


def load_town(database: Database) -> Town | None:
    """Return what forecasts are made from; None while there is no community."""
    with database.reading() as session:
        area = study_area(session)
        if area is None:
            return None
        records = load_records(session)
        live = load_live(session, records)
    frame = frame_of(area)
    return Town(records, live, frame, Maker(records, frame))


def missing_week(database: Database, now: datetime) -> Week | None:
    """Return the week that needs a forecast most: the coming one, then the newest first."""
    running = week_at(now)
    wanted = [running.shifted(-k) for k in range(HINDCASTS + 1)]
    coming = running.shifted(1)
    if now >= coming.span.start - EARLY:
        wanted.insert(0, coming)
    with database.reading() as session:
        there = risk_forecasts.scored_at(session)
    return next((week for week in wanted if week.monday not in there), None)


def make_week(database: Database, town: Town, week: Week, now: datetime) -> bool:
    """Write a week's forecast; return whether it was frozen before the week began.

    Of a week that has begun it is made from what was known before it, and marked as such.

    Raises
    ------
    FrozenError
        If the week has its forecast.
    """
    start = week.span.start
    frozen = now < start
    forecast = town.maker.forecast(min(now, start).timestamp(), week=week.monday)
    with database.writing() as session:
        risk_forecasts.add(session, forecast, now, frozen=frozen)
    return frozen


def week_to_score(database: Database, now: datetime, left_out: Container[date]) -> date | None:
    """Return the newest week that is over and was not scored, or whose verdicts may change yet."""
    with database.reading() as session:
        scored = risk_forecasts.scored_at(session)
    for monday, at in scored.items():
        end = week_of_date(monday).span.end
        young = at is not None and at < end + SCORED_FOR and now >= at + SCORED_EVERY
        if end <= now and monday not in left_out and (at is None or young):
            return monday
    return None


def score_week(database: Database, town: Town, monday: date, now: datetime) -> Scored:
    """Compare a week's forecast with what came and write how good it was.

    Raises
    ------
    RiskError
        If there is no such forecast, or it was changed after it was written.
    """
    start, end = (moment.timestamp() for moment in _ends(week_of_date(monday)))
    with database.writing() as session:
        forecast = risk_forecasts.forecast_of(session, monday)
        if forecast is None:
            raise RiskError(f"the week of {monday} has no forecast")
        found = verify(forecast, town.records, town.frame, start, end)
        risk_forecasts.score(session, found, now)
        risk_forecasts.forget(session, now.astimezone(SHANGHAI).date())
    return found


def _ends(week: Week) -> tuple[datetime, datetime]:
    return week.span.start, week.span.end
