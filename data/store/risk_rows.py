"""Models of the risk: a forecast for each week, and how good it was."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.store.base import Base


class RiskForecast(Base):
    """The forecast of a week (its Monday), as bytes; ``frozen``: made before the week began."""

    __tablename__ = "risk_forecast"

    week: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    frozen: Mapped[bool]
    sufficient: Mapped[bool]
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class RiskScore(Base):
    """What came in the week of a forecast (:class:`data.domain.risk.verify.Week`)."""

    __tablename__ = "risk_score"

    week: Mapped[date] = mapped_column(ForeignKey("risk_forecast.week"), primary_key=True)
    scored_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(Integer)
    figures: Mapped[dict[str, Any]]
