"""Static geometry for the map, read once per version."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.store.models import (
    Building,
    Community,
    ContextFeature,
    Device,
    Facility,
    Meta,
    WorkPoint,
)


@dataclass(frozen=True, slots=True)
class MapContext:
    """Rows behind ``context.json``; geometries in EPSG:4326, longitude first."""

    communities: tuple[tuple[Community, BaseGeometry], ...]
    work_points: tuple[tuple[WorkPoint, BaseGeometry], ...]
    features: tuple[tuple[ContextFeature, BaseGeometry], ...]
    facilities: tuple[Facility, ...]


def geometry_version(session: Session) -> str:
    """Return the version of the static geometry, ``"0"`` for an empty database."""
    return session.scalar(select(Meta.value).where(Meta.key == "geometry_version")) or "0"


def touch_geometry_version(session: Session) -> str:
    """Set a fresh version, in the caller's transaction: browsers load the geometry again."""
    version = uuid4().hex[:16]
    session.merge(Meta(key="geometry_version", value=version))
    return version


def load_context(session: Session) -> MapContext:
    """Read what orients on the map; a work point's area is the union of its communities."""
    communities = [
        (row, shapely.from_wkb(row.geometry))
        for row in session.scalars(select(Community).order_by(Community.code))
    ]
    areas: dict[str, list[BaseGeometry]] = {}
    for row, area in communities:
        areas.setdefault(row.work_point_id, []).append(area)
    work_points = session.scalars(select(WorkPoint).order_by(WorkPoint.id))
    features = session.scalars(select(ContextFeature).order_by(ContextFeature.id))
    return MapContext(
        tuple(communities),
        tuple((row, shapely.union_all(areas.get(row.id, []))) for row in work_points),
        tuple((row, shapely.from_wkb(row.geometry)) for row in features),
        tuple(session.scalars(select(Facility).order_by(Facility.id))),
    )


def load_buildings(session: Session) -> list[Any]:
    """Return id, name, category, community_code, lon, lat, geometry (WKB) of each building."""
    columns = (
        Building.id,
        Building.name,
        Building.category,
        Building.community_code,
        Building.lon,
        Building.lat,
        Building.geometry,
    )
    return list(session.execute(select(*columns).order_by(Building.id)))


def load_device_points(session: Session) -> list[Any]:
    """Return (slot, kind, building_id, lon, lat) of every device, by slot."""
    columns = (Device.slot, Device.kind, Device.building_id, Device.lon, Device.lat)
    return list(session.execute(select(*columns).order_by(Device.slot)))
