"""How right the risk map was in a week."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.domain.risk.records import RiskError
from data.domain.risk.verify import Week as Scored
from data.domain.weekly import RiskWeek, Unforeseen
from data.domain.weeks import Week
from data.store import risk_forecasts
from data.store.models import Building, Community


def risk_of(session: Session, week: Week) -> RiskWeek | None:
    """Return the forecast of a week with what came; None without one."""
    try:
        told = risk_forecasts.week_of(session, week.monday)
    except RiskError:
        return RiskWeek(made_at=None)
    if told is None:
        return None
    missed = () if told.score is None else _named(session, told.score)
    return RiskWeek(told.made_at, told.frozen, told.sufficient, told.score, missed)


def _named(session: Session, score: Scored) -> tuple[Unforeseen, ...]:
    ids = {building for _, building in score.missed if building}
    rows = (
        session.execute(
            select(Building.id, Building.name, Community.name.label("place"), Community.name_en)
            .join(Community, Community.code == Building.community_code)
            .where(Building.id.in_(ids))
        )
        if ids
        else ()
    )
    names = {row.id: (row.place, row.name_en, row.name) for row in rows}
    return tuple(
        Unforeseen(datetime.fromtimestamp(at, UTC), *names.get(building, ("", "", None)))
        for at, building in score.missed
    )
