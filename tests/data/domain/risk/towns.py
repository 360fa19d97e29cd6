"""Small towns of arrays, for the tests of the risk forecast."""

from typing import Any

import numpy as np
import shapely

from data.domain.risk.known import Records
from data.domain.risk.records import CATEGORIES, Buildings
from data.domain.words import BuildingCategory as C
from geo.risk.surface import Frame, frame_of

#: 2026-06-01 00:00 in Asia/Shanghai, a Monday.
MONDAY = 1_780_243_200.0
WEEK = 7 * 86_400.0
DAY = 86_400.0
WEST, SOUTH, SIDE = 360_000.0, 2_740_000.0, 1000.0


def square() -> Frame:
    """A square kilometre in cells of 25 m."""
    return frame_of(shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE))


def buildings(n: int, category: C = C.RENTAL, **facts: Any) -> Buildings:
    """Buildings in a row; facts of one number are those of all."""
    x = WEST + 20 + (np.arange(n) * 37.0) % (SIDE - 40)
    y = SOUTH + 20 + (np.arange(n) * 37.0) // (SIDE - 40) * 37.0
    return Buildings(
        ids=np.array([f"B{k:06d}" for k in range(n)], dtype=np.str_),
        community=np.array([f"C{k % 3}" for k in range(n)], dtype=np.str_),
        category=np.full(n, CATEGORIES.index(category), dtype=np.int8),
        xy=np.column_stack([x, y]),
        facts={
            name: np.broadcast_to(np.asarray(value, dtype=float), n).copy()
            for name, value in facts.items()
        },
        year=2026,
    )


def table(names: str, *rows: Any) -> Any:
    """Rows as columns."""
    columns = np.array(rows, dtype=float).reshape(len(rows), len(names.split())).T
    whole = {"building", "device", "after", "serious", "real"}
    return {
        name: column.astype(np.int64) if name in whole else column
        for name, column in zip(names.split(), columns, strict=True)
    }


def records(some: Buildings, **tables: Any) -> Records:
    """Records with what is given and nothing else."""
    empty = {
        "devices": table("building since"),
        "changes": table("device at after"),
        "hazards": table("building serious found due closed"),
        "inspections": table("building at"),
        "events": table("x y at known building real"),
    }
    hydrant = tables.pop("hydrant", np.full(len(some), -1, dtype=np.int64))
    return Records(buildings=some, hydrant=hydrant, **{**empty, **tables})


def event(some: Buildings, building: int, at: float, *, real: bool = True, known: float = 0) -> Any:
    """A row of the table of events."""
    x, y = some.xy[building]
    return (x, y, at, max(at, known), building, real)


def random_records(n: int, events: int, seed: int = 1) -> Records:
    """A town of which everything is recorded, for two years before :data:`MONDAY`."""
    rng = np.random.default_rng(seed)
    some = buildings(
        n,
        residents=rng.integers(0, 80, n),
        storeys=rng.integers(1, 12, n),
        built_year=rng.integers(1970, 2024, n),
        charging_inside=rng.integers(0, 2, n),
        hydrant_m=rng.uniform(20, 500, n),
        station_m=rng.uniform(100, 2000, n),
    )

    def when(count: int) -> Any:
        return MONDAY - rng.uniform(0, 104 * WEEK, count)

    hot = rng.choice(n, max(n // 10, 1), replace=False)
    where = np.where(rng.random(events) < 0.7, rng.choice(hot, events), rng.integers(0, n, events))
    found = when(n)
    return records(
        some,
        devices=table("building since", *((k, 0) for k in range(n))),
        changes=table(
            "device at after", *zip(range(n), when(n), rng.integers(0, 6, n), strict=True)
        ),
        hazards=table(
            "building serious found due closed",
            *zip(
                rng.integers(0, n, n),
                rng.integers(0, 2, n),
                found,
                found + 15 * DAY,
                np.where(rng.random(n) < 0.5, found + 30 * DAY, np.inf),
                strict=True,
            ),
        ),
        inspections=table("building at", *zip(rng.integers(0, n, n), when(n), strict=True)),
        events=table(
            "x y at known building real",
            *(
                event(some, int(b), at, real=bool(r), known=at + DAY)
                for b, at, r in zip(where, when(events), rng.random(events) < 0.6, strict=True)
            ),
        ),
    )
