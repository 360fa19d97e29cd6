"""``GET /live/day``: today by hour and the week's figures, for the wall."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Response

from callbacks.services import Services
from data.domain.daily import DayReport
from data.domain.kpis import Figures
from data.live.wire import to_json
from data.store.daily import read_day

CACHE_S: Final = 30.0


class DayCache:
    """The newest day report, read again at most every 30 s however many walls ask."""

    def __init__(
        self, read: Callable[[], DayReport], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._body = b""

    def body(self) -> bytes:
        """Return the report as JSON."""
        with self._lock:
            if self._clock() >= self._until:
                self._body = to_json(day_view(self._read()))
                self._until = self._clock() + CACHE_S
            return self._body


def day_router(services: Services) -> APIRouter:
    """Make the router; the session middleware in front of it keeps strangers out."""
    router = APIRouter(prefix="/live")
    cache = DayCache(lambda: read_day(services.database, services.now()))

    @router.get("/day")
    def get_day() -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(cache.body(), media_type="application/json", headers=headers)

    return router


def day_view(report: DayReport) -> dict[str, Any]:
    """Return the report as JSON values; times in Unix ms, response times in seconds."""
    return {
        "day": report.day.isoformat(),
        "at": int(report.at.timestamp() * 1000),
        "hours": list(report.hours),
        "usual": list(report.usual),
        "week": {
            "name": str(report.spans.week),
            "first": report.spans.week.monday.isoformat(),
            "final": report.spans.week.sunday.isoformat(),
            "running": report.spans.running,
            "this": _figures_view(report.this),
            "last": _figures_view(report.last),
            "year_ago": _figures_view(report.year_ago),
        },
        "communities": dict(report.communities),
    }


def _figures_view(figures: Figures | None) -> dict[str, Any]:
    """Return the figures; all of them unknown before the first record."""
    if figures is None:
        return dict.fromkeys(("alarms", "fires", "false_share", "response_s"))
    return {
        "alarms": figures.alarm_count,
        "fires": figures.fires,
        "false_share": figures.false_share,
        "response_s": figures.response.median_s,
    }
