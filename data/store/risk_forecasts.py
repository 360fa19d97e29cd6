"""The forecasts of the weeks: written once, read as they were, and how good each was."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data.domain.risk.codec import from_bytes, to_bytes
from data.domain.risk.records import Forecast, RiskError
from data.domain.risk.verify import Week
from data.store.models import RiskForecast, RiskScore

#: Forecasts are kept for three years.
KEPT_FOR: Final = timedelta(days=3 * 365)


class FrozenError(RiskError):
    """A forecast that is there already: what was foretold can't be told again."""


@dataclass(frozen=True, slots=True)
class WeekTold:
    """A week with a forecast.

    Attributes
    ----------
    week
        Its Monday.
    made_at
    frozen
        Made before the week began; False: afterwards, from what was known before it.
    sufficient
        False: it rests on published figures more than on this town.
    digest
        SHA-256 of the forecast's bytes.
    score
        What came; None while the week is not over.
    """

    week: date
    made_at: datetime
    frozen: bool
    sufficient: bool
    digest: str
    score: Week | None


def add(session: Session, forecast: Forecast, made_at: datetime, *, frozen: bool) -> None:
    """Write the forecast of a week.

    Raises
    ------
    FrozenError
        If the week has one.
    RiskError
        If the forecast is of no week.
    """
    if forecast.week is None:
        raise RiskError("only the forecast of a week is kept")
    if session.get(RiskForecast, forecast.week) is not None:
        raise FrozenError(f"the week of {forecast.week} has its forecast")
    body = to_bytes(forecast)
    session.add(
        RiskForecast(
            week=forecast.week,
            made_at=made_at,
            frozen=frozen,
            sufficient=forecast.model.sufficient,
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:  # at the same moment
        raise FrozenError(f"the week of {forecast.week} has its forecast") from error


def weeks(session: Session) -> list[WeekTold]:
    """Return the weeks that have a forecast, the newest first."""
    query = (
        select(
            RiskForecast.week,
            RiskForecast.made_at,
            RiskForecast.frozen,
            RiskForecast.sufficient,
            RiskForecast.sha256,
            RiskScore.figures,
        )
        .outerjoin(RiskScore, RiskScore.week == RiskForecast.week)
        .order_by(RiskForecast.week.desc())
    )
    return [
        WeekTold(
            row.week,
            row.made_at,
            row.frozen,
            row.sufficient,
            row.sha256,
            None if row.figures is None else _week(row.week, row.figures),
        )
        for row in session.execute(query)
    ]


def week_of(session: Session, week: date) -> WeekTold | None:
    """Return a week with its forecast; None without one.

    Raises
    ------
    RiskError
        If the forecast was changed after it was written.
    """
    query = (
        select(RiskForecast, RiskScore.figures)
        .outerjoin(RiskScore, RiskScore.week == RiskForecast.week)
        .where(RiskForecast.week == week)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, figures = found
    _check(row)
    score = None if figures is None else _week(week, figures)
    return WeekTold(week, row.made_at, row.frozen, row.sufficient, row.sha256, score)


def digests(session: Session, most: int) -> list[tuple[date, str]]:
    """Return the newest weeks with what names their forecasts, the newest first."""
    query = select(RiskForecast.week, RiskForecast.sha256)
    rows = session.execute(query.order_by(RiskForecast.week.desc()).limit(most))
    return [(row.week, row.sha256) for row in rows]


def digest_of(session: Session, week: date) -> str | None:
    """Return what names a week's forecast; None without one."""
    return session.scalar(select(RiskForecast.sha256).where(RiskForecast.week == week))


def body_of(session: Session, week: date) -> bytes | None:
    """Return the bytes of a week's forecast as they were written; None without one.

    Raises
    ------
    RiskError
        If they are not what was written.
    """
    row = session.get(RiskForecast, week)
    if row is None:
        return None
    _check(row)
    return row.body


def forecast_of(session: Session, week: date) -> Forecast | None:
    """Return the forecast of a week; None without one.

    Raises
    ------
    RiskError
        If it was changed after it was written, or is damaged.
    """
    body = body_of(session, week)
    return None if body is None else from_bytes(body)


def score(session: Session, week: Week, at: datetime) -> None:
    """Write how good a week's forecast was, in place of what was known of it before."""
    session.merge(
        RiskScore(week=week.monday, scored_at=at, events=week.events, figures=_figures(week))
    )


def scored_at(session: Session) -> dict[date, datetime | None]:
    """Return the weeks with a forecast, the newest first, and when each was scored last."""
    query = select(RiskForecast.week, RiskScore.scored_at)
    query = query.outerjoin(RiskScore, RiskScore.week == RiskForecast.week)
    rows = session.execute(query.order_by(RiskForecast.week.desc()))
    return {row.week: row.scored_at for row in rows}


def forget(session: Session, today: date) -> None:
    """Delete what is older than three years."""
    old = RiskForecast.week < today - KEPT_FOR
    gone = select(RiskForecast.week).where(old)
    session.execute(delete(RiskScore).where(RiskScore.week.in_(gone)))
    session.execute(delete(RiskForecast).where(old))


def _check(row: RiskForecast) -> None:
    if hashlib.sha256(row.body).hexdigest() != row.sha256:
        raise RiskError(f"the forecast of the week of {row.week} was changed after it was written")


def _figures(week: Week) -> dict[str, Any]:
    figures = asdict(week)
    del figures["monday"]
    return figures


def _week(monday: date, figures: dict[str, Any]) -> Week:
    return Week(
        monday=monday,
        events=figures["events"],
        hits={
            name: {share: tuple(some) for share, some in by_share.items()}
            for name, by_share in figures["hits"].items()
        },
        expected=figures["expected"],
        ranks=tuple(figures["ranks"]),
        groups=tuple((float(expected), int(came)) for expected, came in figures["groups"]),
        missed=tuple((float(at), str(building)) for at, building in figures.get("missed", ())),
    )
