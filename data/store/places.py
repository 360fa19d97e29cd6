"""Models of what stands on the ground: communities, buildings, devices, facilities, people.

Geometry is WKB in EPSG:4326, longitude first (no database extension needed); representative
points are plain ``lon``/``lat`` columns in degrees.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.domain.words import BuildingCategory, DeviceKind, FacilityKind, PersonRole
from data.store.base import Base
from data.store.types import Word

CODE = String(24)
ID = String(64)
NAME = String(120)


class WorkPoint(Base):
    """工作点: several communities led together."""

    __tablename__ = "work_point"

    id: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    name_en: Mapped[str] = mapped_column(NAME)
    lon: Mapped[float]
    lat: Mapped[float]
    assumed: Mapped[bool] = mapped_column(default=True)


class Community(Base):
    """社区; ``code`` is the 12-digit statistical code."""

    __tablename__ = "community"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    name_short: Mapped[str] = mapped_column(NAME)
    name_en: Mapped[str] = mapped_column(NAME)
    work_point_id: Mapped[str] = mapped_column(ForeignKey("work_point.id"), index=True)
    population: Mapped[int]
    households: Mapped[int]
    figures_assumed: Mapped[bool]
    lon: Mapped[float]
    lat: Mapped[float]
    schematic: Mapped[bool] = mapped_column(default=True)
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class ContextFeature(Base):
    """Lines and areas that only orient: neighbouring counties, streets, water, runway."""

    __tablename__ = "context_feature"

    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[str] = mapped_column(CODE, index=True)
    name: Mapped[str] = mapped_column(NAME)
    name_en: Mapped[str] = mapped_column(NAME, default="")
    demo: Mapped[bool] = mapped_column(default=False)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class Grid(Base):
    """网格 of a community, second or third level."""

    __tablename__ = "grid"

    id: Mapped[str] = mapped_column(CODE, primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    level: Mapped[int] = mapped_column(default=3)
    demo: Mapped[bool] = mapped_column(default=True)
    geometry: Mapped[bytes | None] = mapped_column(LargeBinary)


class Person(Base):
    """Somebody to call, by role and number (网格员 03); no personal names are kept."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(CODE, primary_key=True)
    role: Mapped[PersonRole] = mapped_column(Word(PersonRole))
    label: Mapped[str] = mapped_column(NAME)
    phone: Mapped[str | None] = mapped_column(String(32))
    community_code: Mapped[str | None] = mapped_column(ForeignKey("community.code"), index=True)
    grid_id: Mapped[str | None] = mapped_column(ForeignKey("grid.id"), index=True)


class Building(Base):
    """A monitored building or unit (建筑/单位) with its footprint."""

    __tablename__ = "building"

    id: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    address: Mapped[str] = mapped_column(String(200))
    category: Mapped[BuildingCategory] = mapped_column(Word(BuildingCategory), index=True)
    sector: Mapped[str] = mapped_column(String(40), default="")
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    grid_id: Mapped[str | None] = mapped_column(ForeignKey("grid.id"), index=True)
    storeys: Mapped[int]
    residents: Mapped[int] = mapped_column(default=0)
    built_year: Mapped[int | None]
    ebike_charging_required: Mapped[bool] = mapped_column(default=False)
    ebike_charging_present: Mapped[bool] = mapped_column(default=False)
    small_unit: Mapped[bool] = mapped_column(default=False)
    responsible_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    lon: Mapped[float]
    lat: Mapped[float]
    demo: Mapped[bool] = mapped_column(default=False)
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class BuildingNeighbour(Base):
    """Two buildings whose footprints touch, in both directions.

    Derived from the footprints and made anew with each geometry (``data.store.neighbours``); hence
    no foreign keys, which would hold up an import that removes a building.
    """

    __tablename__ = "building_neighbour"

    building_id: Mapped[str] = mapped_column(CODE, primary_key=True)
    neighbour_id: Mapped[str] = mapped_column(CODE, primary_key=True)


class Facility(Base):
    """A hydrant or micro fire station."""

    __tablename__ = "facility"

    id: Mapped[str] = mapped_column(CODE, primary_key=True)
    kind: Mapped[FacilityKind] = mapped_column(Word(FacilityKind), index=True)
    name: Mapped[str] = mapped_column(NAME)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    #: The pressure device that watches a hydrant, where there is one.
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))
    demo: Mapped[bool] = mapped_column(default=False)


class Device(Base):
    """A device; ``slot`` (0 … N-1, dense) is its place in the arrays of Redis and the wire."""

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_building_id_kind", "building_id", "kind"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    slot: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind), index=True)
    name: Mapped[str] = mapped_column(NAME)
    location: Mapped[str] = mapped_column(NAME, default="")
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    #: Seconds between two messages of a healthy device; silent for three of them = stale.
    interval_s: Mapped[int]
    disabled: Mapped[bool] = mapped_column(default=False)
    #: Who took it out of service, when and why; null if official data says so.
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[str | None] = mapped_column(CODE)
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    installed_at: Mapped[str | None] = mapped_column(String(10))
    demo: Mapped[bool] = mapped_column(default=False)


class Meta(Base):
    """Facts about the database itself: ``geometry_version``, ``demo_seed`` and the like."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(CODE, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
