"""References of a record made into the database's own: community, work point, building."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.reference.fields import Layer, key_field
from data.reference.known import Known
from data.reference.records import Record

Values = dict[str, Any]
DEGREES_DECIMALS: Final = 7


class Resolver:
    """Turns what a record says into columns of the layer's model.

    :meth:`resolve` returns the columns to set and the reasons against it.
    """

    def __init__(self, layer: Layer, known: Known) -> None:
        self._layer = layer
        self._known = known
        self._tree = shapely.STRtree(known.areas)
        self._community_names = _by_any_name(
            (row.code, (row.code, row.name, row.name_short)) for row in known.communities
        )
        self._work_point_names = _by_any_name(
            (row.id, (row.id, row.name)) for row in known.work_points
        )

    def resolve(self, record: Record) -> tuple[Values, list[str]]:
        """Return the columns to set, and why they can't be set."""
        key = key_field(self._layer)
        values = {name: value for name, value in record.values.items() if name != key}
        wrong: list[str] = []
        if record.geometry is not None:
            values |= _placed(self._layer, record.geometry, self._known.rows.get(record.id))
        self._references(values, wrong)
        if self._layer is Layer.COMMUNITIES:
            self._work_point(values, wrong)
        elif self._layer is Layer.WORK_POINTS:
            self._members(values, wrong)
        else:
            self._community(record, values, wrong)
        return values | _official(self._layer, values), wrong

    def _references(self, values: Values, wrong: list[str]) -> None:
        allowed: Mapping[str, Any] = {
            "grid_id": self._known.grids,
            "responsible_id": self._known.persons,
            "building_id": self._known.buildings,
            "device_id": self._known.devices,
        }
        for name, ids in allowed.items():
            value = values.get(name)
            if value is not None and value not in ids:
                wrong.append(_absent(name, value))

    def _work_point(self, values: Values, wrong: list[str]) -> None:
        said = values.pop("work_point", None)
        if said is None:
            return
        if said in self._work_point_names:
            values["work_point_id"] = self._work_point_names[said]
        else:
            wrong.append(_absent("work_point", said))

    def _members(self, values: Values, wrong: list[str]) -> None:
        said = values.get("communities")
        if said is None:
            return
        unknown = [name for name in said if name not in self._community_names]
        wrong += [_absent("communities", name) for name in unknown]
        codes = {self._community_names[name] for name in said if name not in unknown}
        values["communities"] = tuple(sorted(codes))

    def _community(self, record: Record, values: Values, wrong: list[str]) -> None:
        """Take the community that is named, else the building's, else the one at the place."""
        said = values.pop("community", None)
        if said is not None and said not in self._community_names:
            wrong.append(_absent("community", said))
        elif said is not None:
            values["community_code"] = self._community_names[said]
        elif values.get("building_id") in self._known.buildings:
            values["community_code"] = self._known.buildings[values["building_id"]]
        elif record.geometry is not None:
            values["community_code"] = self._community_at(record.geometry)

    def _community_at(self, geometry: BaseGeometry) -> str | None:
        """Return the community at a place, or the nearest one."""
        nearest = self._tree.nearest(geometry.representative_point())
        return None if nearest is None else self._known.communities[int(nearest)].code


def _absent(field: str, value: str) -> str:
    return f"{field}：数据库里没有 {value} / {field}: there is no {value!r} in the database"


def _by_any_name(rows: Any) -> dict[str, str]:
    return {name: key for key, names in rows for name in names}


def single(geometry: BaseGeometry) -> BaseGeometry:
    """Return the only part of a multi-part geometry, or the geometry as it is."""
    parts: np.ndarray[Any, Any] = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry


def _placed(layer: Layer, geometry: BaseGeometry, row: Any) -> Values:
    """Return the columns of a place; a footprint that holds the new point stays as it is."""
    shape = single(geometry)
    if layer is Layer.BUILDINGS and row is not None and shape.geom_type == "Point":
        footprint = shapely.from_wkb(row.geometry)
        if footprint.covers(shape):
            return {}
    inner = shape.representative_point()
    values: Values = {
        "lon": round(inner.x, DEGREES_DECIMALS),
        "lat": round(inner.y, DEGREES_DECIMALS),
    }
    if layer in {Layer.COMMUNITIES, Layer.BUILDINGS}:
        values["geometry"] = shape
    return values


def _official(layer: Layer, values: Values) -> Values:
    """Return the marks that say: this is no longer ours, assumed or for demonstration."""
    marks: Mapping[Layer, Callable[[], Values]] = {
        Layer.COMMUNITIES: lambda: _official_community(values),
        Layer.WORK_POINTS: lambda: {"assumed": False},
    }
    return marks.get(layer, lambda: {"demo": False})()


def _official_community(values: Values) -> Values:
    found: Values = {"schematic": False} if "geometry" in values else {}
    if {"population", "households"} <= values.keys():
        found["figures_assumed"] = False
    return found
