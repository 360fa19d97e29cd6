"""From records to a forecast: earlier moments to learn from, the present one to forecast from."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

import numpy as np

from data.domain.risk.known import (
    WEEK_S,
    Live,
    Records,
    counted_year,
    counts_between,
    day_of,
    events_at,
    facts_at,
)
from data.domain.risk.model import WEEKS, Counts, Past, fit, forecast
from data.domain.risk.nearness import Canvas, Density, density, with_nearby
from data.domain.risk.records import Buildings, Forecast, Model
from geo.risk.surface import Frame

#: Facts of earlier moments are kept for the next forecast while they are no more than so many.
KEPT_ROWS: Final = 1_000_000
#: The weights are learnt from so many stretches of 4 weeks before the forecast.
ORIGINS: Final = 12


class Maker:
    """Makes forecasts from the same records; what two of them need of one moment is made once."""

    def __init__(self, records: Records, frame: Frame) -> None:
        self._records, self._frame = records, frame
        self._densities: dict[float, Density] = {}
        self._facts: dict[float, Buildings] = {}
        events = records.events["at"]
        self._first = float(events.min()) if len(events) else float("inf")

    def forecast(
        self,
        moment: float,
        *,
        week: date | None = None,
        live: Live | None = None,
        tell: Callable[[float], None] = lambda _: None,
    ) -> Forecast:
        """Return the forecast that could be made at a moment.

        Parameters
        ----------
        moment
            Seconds since 1970 (UTC); nothing recorded then or later has any effect.
        week
            The Monday before which it is made; None for the present.
        live
            The state of the devices, for the present.
        tell : callable
            Hears of the share that is done.
        """
        past = []
        for k in range(1, ORIGINS + 1):
            begin = moment - k * WEEKS * WEEK_S
            if begin < self._first:
                break
            came = counts_between(self._records, begin, begin + WEEKS * WEEK_S)
            past.append(Past(self._at(begin), came))
            tell(k / (ORIGINS + 1))
        inside, elsewhere, weeks = counted_year(self._records, moment)
        buildings = with_nearby(facts_at(self._records, moment, live), self._density(moment))
        model = fit(buildings, past, Counts(inside, elsewhere, weeks))
        canvas = self.canvas(moment, model)
        tell(1.0)
        return forecast(
            model,
            buildings,
            lambda expected: canvas.draw(buildings.xy, expected),
            week=week,
            as_of=datetime.fromtimestamp(moment, UTC),
        )

    def canvas(self, moment: float, model: Model) -> Canvas:
        """Return what draws the surface of a model that was made at a moment."""
        return Canvas(self._frame, self._density(moment), model.elsewhere)

    def _at(self, moment: float) -> Buildings:
        if moment not in self._facts:
            facts = facts_at(self._records, moment)
            while self._facts and len(self._facts) * len(facts) > KEPT_ROWS:
                del self._facts[next(iter(self._facts))]
            self._facts[moment] = with_nearby(facts, self._density(moment))
        return self._facts[moment]

    def _density(self, moment: float) -> Density:
        if moment not in self._densities:
            day = int(day_of(np.array([moment]))[0])
            events = events_at(self._records, moment)
            self._densities[moment] = density(self._frame, events, day)
        return self._densities[moment]
