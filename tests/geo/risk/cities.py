"""Small made-up cities for the tests."""

import numpy as np

from geo.risk.events import Events


def city(seed: int = 0, days: int = 800, events: int = 1500, size: float = 6000.0) -> Events:
    """A city with some addresses where it burns often, two bad quarters, and chance."""
    rng = np.random.default_rng(seed)
    addresses = rng.uniform(0, size, (30, 2))
    quarters = rng.uniform(size * 0.2, size * 0.8, (2, 2))
    kind = rng.choice(3, events, p=[0.4, 0.4, 0.2])
    xy = np.where(
        (kind == 0)[:, None],
        addresses[rng.integers(0, 30, events)],
        np.where(
            (kind == 1)[:, None],
            quarters[rng.integers(0, 2, events)] + rng.normal(0, 500, (events, 2)),
            rng.uniform(0, size, (events, 2)),
        ),
    )
    day = np.sort(rng.integers(18_000, 18_000 + days, events))
    return Events(xy, day, rng.random(events) < 0.5)
