"""One look every few seconds at what is due: the present, the coming week, weeks that are over."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any, Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from data.domain.risk.known import Records, facts_at
from data.domain.risk.making import Maker
from data.domain.risk.model import rescored
from data.domain.risk.nearness import Canvas, with_nearby
from data.domain.risk.records import Forecast, RiskError
from data.domain.risk.verify import verify
from data.domain.weeks import SHANGHAI, Week, week_at, week_of_date
from data.live.risk import prolong_risk, risk_version, write_risk
from data.store import risk_forecasts
from data.store.database import Database
from data.store.geometry import geometry_version
from data.store.risk_forecasts import FrozenError
from data.store.risk_records import changed_since, load_live, load_records, study_area
from geo.risk.surface import Frame, frame_of

log = structlog.get_logger()

LOOK_EVERY_S: Final = 10.0
#: Everything is looked at again so often: ages grow, and what nobody wrote is found.
WHOLE_EVERY: Final = timedelta(hours=1)
#: A transaction may write a time that lies so far back when it commits.
OVERLAP: Final = timedelta(seconds=30)
#: The coming week's forecast is made so long before the week begins.
EARLY: Final = timedelta(hours=6)
#: So many past weeks are forecast afterwards where there are none.
HINDCASTS: Final = 52
#: Verdicts come late: a week is scored again, once a day, until it is so old.
SCORED_FOR: Final = timedelta(weeks=4)
SCORED_EVERY: Final = timedelta(days=1)


@dataclass(slots=True)
class _Now:
    """What the present was made from."""

    forecast: Forecast
    canvas: Canvas
    geometry: str
    whole_at: datetime
    looked_at: datetime


class RiskProcess:
    """Keeps the present's forecast, and makes, freezes and scores those of the weeks."""

    def __init__(self, database: Database, redis: Any, now: Callable[[], datetime]) -> None:
        self._database, self._redis, self._now = database, redis, now
        self._present: _Now | None = None
        #: Records and frame of the last whole look, for the weeks.
        self._maker: Maker | None = None
        self._records: Records | None = None
        self._frame: Frame | None = None
        #: Weeks whose forecast is damaged: said once.
        self._left_out: set[date] = set()

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set."""
        failing = False
        while not stop.is_set():
            busy = False
            try:
                busy = self.step()
                if failing:
                    log.info("risk goes on")
                failing = False
            except (RedisError, SQLAlchemyError) as error:
                if not failing:
                    log.warning("risk can't work, tries again", error=str(error)[:200])
                failing = True
            stop.wait(0.1 if busy else LOOK_EVERY_S)

    def step(self) -> bool:
        """Do what is due; return whether more waits."""
        if not self.look():
            return False
        return self.make_week() or self.score_week()

    def look(self) -> bool:
        """Bring the present up to date; return False while there is no community."""
        now, present = self._now(), self._present
        with self._database.reading() as session:
            geometry = geometry_version(session)
        due = (
            present is None
            or present.geometry != geometry
            or not present.whole_at <= now < present.whole_at + WHOLE_EVERY
        )
        if due or present is None:
            return self.look_at_all(now, geometry)
        self._look_at_changes(present, now)
        return True

    def look_at_all(self, now: datetime, geometry: str) -> bool:
        """Make the present's forecast anew; return False while there is no community."""
        began = time.monotonic()
        with self._database.reading() as session:
            area = study_area(session)
            if area is None:
                return False
            records = load_records(session)
            live = load_live(session, records)
        self._records, self._frame = records, frame_of(area)
        self._maker = Maker(records, self._frame)
        moment = now.timestamp()
        forecast = self._maker.forecast(moment, live=live)
        canvas = self._maker.canvas(moment, forecast.model)
        self._present = _Now(forecast, canvas, geometry, now, now)
        version = write_risk(self._redis, forecast)
        log.info(
            "risk looked at",
            buildings=len(forecast),
            learnt_from=forecast.model.learnt_from,
            seconds=round(time.monotonic() - began, 2),
            version=version,
        )
        return True

    def make_week(self) -> bool:
        """Make one forecast that is missing: the coming week's, or of a week gone by."""
        week = self._missing_week()
        if week is None or self._maker is None:
            return False
        now, start = self._now(), week.span.start
        frozen = now < start
        if frozen and self._present is not None:  # with everything that is known by now
            self.look_at_all(now, self._present.geometry)
        moment = min(now, start).timestamp()
        forecast = self._maker.forecast(moment, week=week.monday)
        try:
            with self._database.writing() as session:
                risk_forecasts.add(session, forecast, now, frozen=frozen)
        except FrozenError:
            return True  # another process was first
        log.info("risk of a week", week=str(week), frozen=frozen, learnt=forecast.model.learnt_from)
        return True

    def score_week(self) -> bool:
        """Score one week that is over and whose verdicts may have changed."""
        if self._records is None or self._frame is None:
            return False
        monday = self._week_to_score()
        if monday is None:
            return False
        week = week_of_date(monday)
        with self._database.writing() as session:
            try:
                forecast = risk_forecasts.forecast_of(session, monday)
            except RiskError as error:
                log.warning("a forecast can't be scored", week=str(week), error=str(error))
                self._left_out.add(monday)
                return True
            if forecast is None:
                return True
            start, end = (moment.timestamp() for moment in (week.span.start, week.span.end))
            found = verify(forecast, self._records, self._frame, start, end)
            risk_forecasts.score(session, found, self._now())
            risk_forecasts.forget(session, self._now().astimezone(SHANGHAI).date())
        return True

    def _look_at_changes(self, present: _Now, now: datetime) -> None:
        since, present.looked_at = present.looked_at - OVERLAP, now
        with self._database.reading() as session:
            changed = changed_since(session, since, now + OVERLAP)
            changed &= {str(one) for one in present.forecast.ids}
            if changed:
                records = load_records(session, changed)
                live = load_live(session, records, changed)
        if changed:
            some = facts_at(records, now.timestamp(), live)
            some = with_nearby(some, present.canvas.density)
            present.forecast = rescored(present.forecast, some, present.canvas.redraw, now)
            write_risk(self._redis, present.forecast)
        elif risk_version(self._redis) is None:  # Redis was wiped
            write_risk(self._redis, present.forecast)
        else:
            prolong_risk(self._redis)

    def _missing_week(self) -> Week | None:
        """Return the week that needs a forecast most: the coming one, then the newest first."""
        now = self._now()
        running = week_at(now)
        wanted = [running.shifted(-k) for k in range(HINDCASTS + 1)]
        coming = running.shifted(1)
        if now >= coming.span.start - EARLY:
            wanted.insert(0, coming)
        with self._database.reading() as session:
            there = {told.week for told in risk_forecasts.weeks(session, wanted[-1].monday)}
        return next((week for week in wanted if week.monday not in there), None)

    def _week_to_score(self) -> date | None:
        now = self._now()
        with self._database.reading() as session:
            scored = risk_forecasts.scored_at(session)
            told = risk_forecasts.weeks(session)
        for one in told:
            end = week_of_date(one.week).span.end
            at = scored.get(one.week)
            young = at is not None and at < end + SCORED_FOR and now >= at + SCORED_EVERY
            if end <= now and one.week not in self._left_out and (at is None or young):
                return one.week
        return None
