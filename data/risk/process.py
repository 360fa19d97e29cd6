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

from data.domain.risk.known import facts_at
from data.domain.risk.model import rescored
from data.domain.risk.nearness import Canvas, with_nearby
from data.domain.risk.records import Forecast, RiskError
from data.domain.weeks import week_of_date
from data.live.present import PresentMissingError
from data.live.risk import prolong_risk, risk_version, write_risk
from data.risk import weeks
from data.risk.counters import Counters
from data.risk.weeks import Town, load_town
from data.store.database import Database
from data.store.geometry import geometry_version
from data.store.risk_forecasts import FrozenError
from data.store.risk_records import changed_since, load_live, load_records

log = structlog.get_logger()

LOOK_EVERY_S: Final = 10.0
#: Everything is looked at again so often: ages grow, and what nobody wrote is found.
WHOLE_EVERY: Final = timedelta(hours=1)
#: A transaction may write a time that lies so far back when it commits.
OVERLAP: Final = timedelta(seconds=30)
#: Of more buildings than these everything is looked at again: a statement can't name more of them.
MANY: Final = 5000
#: Redis or SQL is away: it is tried again.
AWAY: Final = (RedisError, PresentMissingError, SQLAlchemyError)


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
        #: What the last whole look read, for the weeks.
        self._town: Town | None = None
        #: Weeks whose forecast is damaged: said once.
        self._left_out: set[date] = set()
        self._counters = Counters()

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
            except AWAY as error:
                self._counters.count("failed")
                if not failing:
                    log.warning("risk can't work, tries again", error=str(error)[:200])
                failing = True
            stop.wait(0.1 if busy else LOOK_EVERY_S)

    def step(self) -> bool:
        """Do what is due; return whether more waits."""
        there = self.look()
        if there:
            self._counters.looked()
        self._counters.tell(self._redis)
        return there and (self.make_week() or self.score_week())

    def look(self) -> bool:
        """Bring the present up to date; return False while there is no community."""
        now, present = self._now(), self._present
        with self._database.reading() as session:
            geometry = geometry_version(session)
        if (
            present is None
            or present.geometry != geometry
            or not present.whole_at <= now < present.whole_at + WHOLE_EVERY
        ):
            return self.look_at_all(now, geometry)
        return self._look_at_changes(present, now)

    def look_at_all(self, now: datetime, geometry: str) -> bool:
        """Make the present's forecast anew; return False while there is no community."""
        began = time.monotonic()
        town = load_town(self._database)
        if town is None:
            return False
        moment = now.timestamp()
        forecast = town.maker.forecast(moment, live=town.live)
        canvas = town.maker.canvas(moment, forecast.model)
        self._town, self._present = town, _Now(forecast, canvas, geometry, now, now)
        version = write_risk(self._redis, forecast)
        seconds = time.monotonic() - began
        self._counters.count("whole")
        self._counters.took(seconds)
        log.info(
            "risk looked at",
            buildings=len(forecast),
            learnt_from=forecast.model.learnt_from,
            seconds=round(seconds, 2),
            version=version,
        )
        return True

    def make_week(self) -> bool:
        """Make one forecast that is missing: the coming week's, or of a week gone by."""
        now = self._now()
        week = weeks.missing_week(self._database, now)
        if week is None or self._town is None:
            return False
        if now < week.span.start and self._present is not None:
            self.look_at_all(now, self._present.geometry)  # with everything that is known by now
        try:
            frozen = weeks.make_week(self._database, self._town, week, now)
        except FrozenError:
            return True  # another process was first
        self._counters.count("frozen" if frozen else "afterwards")
        log.info("risk of a week", week=str(week), frozen=frozen)
        return True

    def score_week(self) -> bool:
        """Score one week that is over and whose verdicts may have changed."""
        now = self._now()
        monday = weeks.week_to_score(self._database, now, self._left_out)
        if monday is None or self._town is None:
            return False
        try:
            weeks.score_week(self._database, self._town, monday, now)
            self._counters.count("scored")
        except RiskError as error:
            log.warning(
                "a forecast can't be scored", week=str(week_of_date(monday)), error=str(error)
            )
            self._left_out.add(monday)
        return True

    def _look_at_changes(self, present: _Now, now: datetime) -> bool:
        since = present.looked_at - OVERLAP
        with self._database.reading() as session:
            changed = changed_since(session, since, now + OVERLAP)
            changed &= {str(one) for one in present.forecast.ids}
            few = len(changed) <= MANY
            if changed and few:
                records = load_records(session, changed)
                live = load_live(session, records, changed)
        if not few:
            return self.look_at_all(now, present.geometry)
        if changed:
            some = facts_at(records, now.timestamp(), live)
            some = with_nearby(some, present.canvas.density)
            present.forecast = rescored(present.forecast, some, present.canvas.redraw, now)
            write_risk(self._redis, present.forecast)
            self._counters.count("changed")
        elif risk_version(self._redis) is None:  # Redis was wiped
            write_risk(self._redis, present.forecast)
        else:
            prolong_risk(self._redis)
        present.looked_at = now
        return True
