"""The risk forecast under ``/live/risk``, as docs/risk.md describes it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from callbacks.http.compressed import IMMUTABLE, compressed_answer
from callbacks.http.json_answer import json_answer
from callbacks.http.problems import Problem
from callbacks.http.risk_book import Detail, Filter, RiskBook, Told, labels
from callbacks.services import Services
from data.domain.risk.places import Place
from data.domain.risk.records import RiskError
from data.domain.words import BuildingCategory, DeviceKind
from data.live.present import PresentMissingError
from data.live.wire import to_ms
from data.store.risk_forecasts import WeekTold

NOW: Final = "now"
#: A year of weeks stands behind the verdict.
JUDGED_WEEKS: Final = 52

T = TypeVar("T")


def _filter(
    category: BuildingCategory | None = None,
    system: DeviceKind | None = None,
    community: Annotated[str, Query(max_length=24)] = "",
) -> Filter:
    return Filter(category or "", system or "", community)


Some = Annotated[Filter, Depends(_filter)]


def risk_router(services: Services, book: RiskBook) -> APIRouter:
    """Make the router; the session middleware in front of it keeps strangers out."""
    router = APIRouter(prefix="/live/risk")
    _week_routes(router, book)

    @router.get("/weeks")
    async def weeks() -> Response:
        return json_answer(await run_in_threadpool(_overview, services, book))

    @router.get("/now")
    async def now() -> Response:
        """Return what names the present's forecast, for who only asks whether it changed."""
        return json_answer((await _told(book, NOW)).head)

    @router.get("/building/{building_id}")
    async def building(building_id: str) -> Response:
        """Return a building's score; null while it has none, which is no error."""
        detail = await _asked(book.detail, building_id)
        return json_answer(None if detail is None else _detail_view(detail))

    @router.get("/measures/{community}")
    async def measures(community: str) -> Response:
        found = await _asked(book.measures, community)
        if found is None:
            raise _no_forecast(NOW)
        return json_answer({"measures": found, "labels": labels()})

    return router


def _week_routes(router: APIRouter, book: RiskBook) -> None:
    @router.get("/surface/{week}")
    async def surface(request: Request, week: str, some: Some, v: str = "") -> Response:
        """Return a line of JSON and a byte for each cell."""
        told = await _told(book, week)
        body = await _asked(book.surface, told, some)
        keep = IMMUTABLE if week != NOW and v == told.version else "no-store"
        return compressed_answer(request, body, "application/octet-stream", keep)

    @router.get("/buildings/{week}")
    async def buildings(week: str, some: Some) -> Response:
        told = await _told(book, week)
        which = await _asked(book.chosen, told, some)
        return json_answer(
            {
                "version": told.version,
                "ids": told.ids[which].tolist(),
                "expected": [float(f"{one:.3g}") for one in told.expected[which]],
                "level": told.level[which].tolist(),
            }
        )

    @router.get("/places/{week}")
    async def places(week: str) -> Response:
        told = await _told(book, week)
        found = await _asked(book.places, told)
        shown = {name: [_place_view(one) for one in some] for name, some in found.items()}
        return json_answer({"version": told.version, **shown})


async def _told(book: RiskBook, week: str) -> Told:
    if week == NOW:
        told = await _asked(book.now)
    else:
        told = await _asked(book.week, _monday(week))
    if told is None:
        raise _no_forecast(week)
    return told


async def _asked(ask: Callable[..., T], *arguments: Any) -> T:
    """Ask the book in a thread; what it can't say becomes an answer of its own."""
    try:
        return await run_in_threadpool(ask, *arguments)
    except PresentMissingError as error:
        raise Problem(503, str(error), headers={"Retry-After": "5"}) from error
    except RiskError as error:
        raise Problem(500, str(error)) from error


def _monday(text: str) -> date:
    try:
        monday = date.fromisoformat(text)
    except ValueError as error:
        wanted = "a week is named by its Monday, such as 2026-11-23, or now"
        raise Problem(422, f"{wanted}, not {text[:20]!r}") from error
    if monday.isoweekday() != 1:
        raise Problem(422, f"{text} is no Monday")
    return monday


def _no_forecast(week: str) -> Problem:
    if week == NOW:
        return Problem(503, "there is no forecast of the present", headers={"Retry-After": "10"})
    return Problem(404, f"there is no forecast of the week of {week}")


def _overview(services: Services, book: RiskBook) -> dict[str, Any]:
    try:
        now = book.now()
    except PresentMissingError:
        now = None
    told = book.weeks()
    over = [week for week in told if week.score is not None][:JUDGED_WEEKS]
    verdict = book.verdict(over)
    return {
        "at": to_ms(services.now()),
        "now": None if now is None else now.head,
        "weeks": [_week_view(week) for week in told],
        "verdict": None if verdict is None else asdict(verdict),
        "judged": sum(week.frozen for week in over),
    }


def _week_view(told: WeekTold) -> dict[str, Any]:
    score = told.score
    return {
        "week": told.week.isoformat(),
        "made_at": to_ms(told.made_at),
        "frozen": told.frozen,
        "sufficient": told.sufficient,
        "version": told.digest,
        "score": None
        if score is None
        else {
            "events": score.events,
            "expected": score.expected,
            "hit": {
                name: {share: sum(some) for share, some in by_share.items()}
                for name, by_share in score.hits.items()
            },
        },
    }


def _place_view(place: Place) -> dict[str, Any]:
    return {**asdict(place), "level": int(place.level)}


def _detail_view(detail: Detail) -> dict[str, Any]:
    fall = detail.waterfall
    return {
        "expected": detail.expected,
        "level": int(detail.level),
        "rank": detail.rank,
        "buildings": detail.buildings,
        "average": fall.average,
        "parts": [{"key": part.key, "points": part.points} for part in fall.parts],
        "rest": fall.rest.points,
        "lowering": [{"action": key, "share": share} for key, share in detail.lowering],
        "history": [{"week": week.isoformat(), "expected": e} for week, e in detail.history],
        "sufficient": detail.sufficient,
        "labels": labels(),
    }
