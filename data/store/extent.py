"""How far the sub-district reaches."""

from typing import Final

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.store.models import Building, Community, Device

#: (west, south, east, north) in degrees (EPSG:4326) before any community is known: 新塘街道.
DEFAULT_BOUNDS: Final = (118.565, 24.755, 118.635, 24.815)

Bounds = tuple[float, float, float, float]


def subdistrict_bounds(session: Session) -> Bounds:
    """Return west, south, east, north of all communities in degrees (EPSG:4326)."""
    shapes = shapely.from_wkb(list(session.scalars(select(Community.geometry))))
    if not len(shapes):
        return DEFAULT_BOUNDS
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    return west, south, east, north


def any_schematic(session: Session) -> bool:
    """Return whether any boundary that the map draws was not surveyed."""
    return session.scalar(select(Community.code).where(Community.schematic).limit(1)) is not None


def any_demo(session: Session) -> bool:
    """Return whether anything that the map shows was made up for demonstration."""
    return any(
        session.scalar(select(table.id).where(table.demo).limit(1)) is not None
        for table in (Building, Device)
    )
