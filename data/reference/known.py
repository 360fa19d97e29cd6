"""What is in the database before an import: the rows of the layer, and what rows may refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from data.reference.fields import Layer
from data.reference.load import outline
from data.store.base import Base
from data.store.places import Building, Community, Device, Facility, Grid, Person, WorkPoint

MODELS: Final[dict[Layer, type[Any]]] = {
    Layer.COMMUNITIES: Community,
    Layer.WORK_POINTS: WorkPoint,
    Layer.BUILDINGS: Building,
    Layer.DEVICES: Device,
    Layer.FACILITIES: Facility,
}


@dataclass(frozen=True, slots=True)
class Known:
    """The database's side of the comparison; geometry in EPSG:4326."""

    rows: Mapping[str, Any]
    communities: tuple[Community, ...]
    areas: tuple[BaseGeometry, ...]
    work_points: tuple[WorkPoint, ...]
    grids: frozenset[str]
    persons: frozenset[str]
    buildings: Mapping[str, str]
    devices: frozenset[str]
    outline: BaseGeometry

    def official_areas(self) -> list[tuple[str, BaseGeometry]]:
        """Return code and area of the communities whose boundary is not schematic."""
        pairs = zip(self.communities, self.areas, strict=True)
        return [(row.code, area) for row, area in pairs if not row.schematic]


def load_known(session: Session, layer: Layer) -> Known:
    """Read what the checks and the comparison of a layer need."""
    model = MODELS[layer]
    key = primary_key(model)
    communities = tuple(session.scalars(select(Community).order_by(Community.code)))
    places = session.execute(select(Building.id, Building.community_code))
    return Known(
        rows={getattr(row, key): row for row in session.scalars(select(model))},
        communities=communities,
        areas=tuple(shapely.from_wkb([row.geometry for row in communities]).tolist()),
        work_points=tuple(session.scalars(select(WorkPoint).order_by(WorkPoint.id))),
        grids=frozenset(session.scalars(select(Grid.id))),
        persons=frozenset(session.scalars(select(Person.id))),
        buildings={row.id: row.community_code for row in places},
        devices=frozenset(session.scalars(select(Device.id))),
        outline=outline(session),
    )


def primary_key(model: type[Base]) -> str:
    """Return the name of a model's only key column."""
    return str(inspect(model).primary_key[0].name)


def referring(session: Session, model: type[Base]) -> dict[str, list[str]]:
    """Return for each row that others refer to the tables which do, e.g. ``{"B1": ["alarm"]}``."""
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is model.__table__:
                query = select(key.parent).where(key.parent.is_not(None)).distinct()
                for value in session.scalars(query):
                    found.setdefault(value, []).append(table.name)
    return found
