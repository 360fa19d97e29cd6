"""How long the risk forecast takes: buildings scored, the surface drawn, one building again.

``python -m bench.risk`` prints a line of JSON for each figure. The baseline of each is what numpy
alone needs for an array of that size: one exp of the buildings times the terms, or a Gaussian blur.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import shapely
import typer
from scipy import ndimage

from data.domain.risk.model import Counts, Past, fit, forecast, rescored, score
from data.domain.risk.nearness import Canvas, density
from data.domain.risk.records import CATEGORIES, FACTS, Buildings
from data.domain.risk.terms import TERMS
from geo.risk.events import Events
from geo.risk.surface import frame_of

#: As large as the sub-district: 18.5 km².
SIDE_M: Final = 4301.0
WEST, SOUTH = 360_000.0, 2_740_000.0
CORNER: Final = np.array([WEST, SOUTH])
DAY: Final = 20_600
SIZES: Final = (100_000, 1_000_000)
GOALS: Final = {100_000: 1.0, 1_000_000: 10.0}
GOAL_MB: Final = 1000.0
GOAL_ONE_MS: Final = 10.0

cli = typer.Typer(add_completion=False)


def town(n: int, rng: np.random.Generator) -> Buildings:
    """Return buildings of which everything is known."""
    facts: dict[str, Any] = {
        "residents": rng.integers(0, 80, n),
        "storeys": rng.integers(1, 20, n),
        "built_year": rng.integers(1960, 2024, n),
        "charging_inside": rng.integers(0, 2, n),
        "devices": rng.integers(1, 8, n),
        "hydrant_m": rng.uniform(10, 500, n),
        "station_m": rng.uniform(10, 2500, n),
        "days_since_inspection": rng.uniform(0, 500, n),
        "nearby": rng.lognormal(size=n),
    }
    facts["electrical_drift"] = rng.uniform(0, 1, n)
    facts |= {name: rng.poisson(0.1, n) for name in FACTS if name not in facts}
    where = CORNER + rng.uniform(0, SIDE_M, (n, 2))
    return Buildings(
        np.char.mod("B%09d", np.arange(n)),
        np.full(n, "350582000001"),
        rng.integers(0, len(CATEGORIES), n).astype(np.int8),
        where,
        {name: np.asarray(values, dtype=np.float64) for name, values in facts.items()},
        2026,
    )


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Return the shortest of a few runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def say(**facts: Any) -> None:
    """Print one line."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in facts.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")
    sys.stdout.flush()


def peak_mb() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@cli.command()
def main() -> None:
    """Measure."""
    rng = np.random.default_rng(1)
    frame = frame_of(shapely.box(WEST, SOUTH, WEST + SIDE_M, SOUTH + SIDE_M))
    events = Events(
        CORNER + rng.uniform(0, SIDE_M, (1000, 2)),
        rng.integers(DAY - 700, DAY, 1000),
        np.ones(1000, dtype=bool),
    )
    began = time.perf_counter()
    canvas = Canvas(frame, density(frame, events, DAY), 1.0)
    say(figure="density of past events", events=1000, seconds=time.perf_counter() - began)
    for n in SIZES:
        _measure(n, town(n, rng), canvas, rng)


def _measure(n: int, some: Buildings, canvas: Canvas, rng: np.random.Generator) -> None:
    came = rng.poisson(200 / n, n).astype(np.int64)
    began = time.perf_counter()
    model = fit(some, [Past(some, came)], Counts(200, 10))
    fitted = time.perf_counter() - began
    at = datetime.fromtimestamp(DAY * 86_400, UTC)

    def whole() -> Any:
        return forecast(model, some, lambda e: canvas.draw(some.xy, e), week=None, as_of=at)

    # After the 100,000 the smaller run's memory is in the larger one's peak; the larger counts.
    took, made = seconds(whole, 1), whole()
    bare = np.ones((n, len(TERMS)), dtype=np.float64)
    blur = np.zeros((canvas.frame.grid.ny, canvas.frame.grid.nx))
    floor = seconds(lambda: (np.exp(bare @ np.ones(len(TERMS))), ndimage.gaussian_filter(blur, 1)))
    say(
        figure="buildings scored and the surface drawn",
        buildings=n,
        cells=int(canvas.frame.inside.sum()),
        seconds=took,
        goal=GOALS[n],
        within=took <= GOALS[n],
        times_bare=took / floor,
        scored_alone=seconds(lambda: score(model, some), 1),
        fit_of_one_stretch=fitted,
        peak_mb=peak_mb(),
        within_memory=peak_mb() <= GOAL_MB,
    )
    row = some.where(np.array([n // 2]))
    one = seconds(lambda: rescored(made, row, canvas.redraw, at), 20) * 1000
    say(
        figure="one building again",
        buildings=n,
        ms=one,
        goal=GOAL_ONE_MS,
        within=one <= GOAL_ONE_MS,
    )


if __name__ == "__main__":
    cli()
