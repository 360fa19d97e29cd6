"""Buildings that touch: derived from the footprints, made anew with each geometry."""

from typing import Final

import shapely
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from data.store.geometry import geometry_version
from data.store.models import Building, BuildingNeighbour, Meta
from geo.neighbours import touching

#: For which geometry the table was made.
MADE_FOR: Final = "neighbours_made_for"


def are_made(session: Session) -> bool:
    """Return whether the table is that of the geometry in force."""
    made_for = session.scalar(select(Meta.value).where(Meta.key == MADE_FOR))
    return made_for == geometry_version(session)


def make(session: Session) -> int:
    """Make the table anew; return how many pairs of buildings touch."""
    rows = session.execute(select(Building.id, Building.geometry).order_by(Building.id)).all()
    ids = [row.id for row in rows]
    pairs = touching([shapely.from_wkb(row.geometry) for row in rows]).tolist()
    session.execute(delete(BuildingNeighbour))
    both = [(ids[a], ids[b]) for one, other in pairs for a, b in ((one, other), (other, one))]
    if both:
        session.execute(
            insert(BuildingNeighbour),
            [{"building_id": one, "neighbour_id": other} for one, other in both],
        )
    session.merge(Meta(key=MADE_FOR, value=geometry_version(session)))
    return len(pairs)


def names_beside(session: Session, building_id: str) -> list[str]:
    """Return the names of the buildings that touch one."""
    return list(
        session.scalars(
            select(Building.name)
            .join(BuildingNeighbour, BuildingNeighbour.neighbour_id == Building.id)
            .where(BuildingNeighbour.building_id == building_id)
            .order_by(Building.name)
        )
    )
