"""One lane with one building full of devices: the smallest town that can have a fire."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import shapely
from redis import Redis
from sqlalchemy import func, select

from data.commands import Actor, Commands
from data.domain.readings import Reading
from data.domain.words import BuildingCategory, DeviceKind, Reported, Role
from data.live.present import Present
from data.pipeline import Outcome, Pipeline
from data.store import intake
from data.store.database import Database
from data.store.models import Building, Community, Device, Meta, WorkPoint
from data.worker import Worker

T0 = datetime(2026, 6, 1, 4, tzinfo=UTC)
BOX = shapely.to_wkb(shapely.box(118.590, 24.760, 118.591, 24.761))
DUTY = Actor("duty", Role.DUTY, "127.0.0.1")


@dataclass
class Clock:
    """A clock that tests set."""

    now: datetime = T0

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Lane:
    """The parts that carry a message from a device to the present."""

    database: Database
    redis: Redis
    clock: Clock = field(default_factory=Clock)
    _ids: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.present = Present(self.redis)
        self.pipeline = Pipeline(self.database, self.present, self.clock)
        self.commands = Commands(self.database, self.present, self.clock)
        self.worker = Worker(self.database, self.present, self.clock)

    def read(
        self,
        device_id: str,
        message_id: str = "",
        reported: Reported | None = None,
        **values: float,
    ) -> Reading:
        """A reading of now."""
        message = message_id or f"m{next(self._ids)}"
        return Reading(device_id, message, self.clock(), self.clock(), reported, values)

    def send(
        self,
        device_id: str,
        message_id: str = "",
        reported: Reported | None = None,
        **values: float,
    ) -> Outcome:
        """Send one reading of now."""
        return self.pipeline.ingest([self.read(device_id, message_id, reported, **values)])

    def dry(self, device_id: str = "P0") -> None:
        """Let the water pressure be too low for longer than the delay of its rule."""
        self.send(device_id, pressure_mpa=0.05)
        self.clock.tick(10)
        self.worker.step()

    def hours(self, device_id: str) -> dict[str, Any]:
        """The figures of the hour that is not over for a device: count, total, low, high."""
        with self.database.reading() as session:
            _, memory = intake.load_devices(session, [device_id], self.clock())[device_id]
        return dict(memory.hour.figures)

    def count(self, model: type[Any]) -> int:
        """Number of rows."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def rows(self, model: type[Any]) -> list[Any]:
        """All rows by primary key."""
        with self.database.reading() as session:
            return list(session.scalars(select(model).order_by(*model.__mapper__.primary_key)))


def build(database: Database) -> None:
    """Insert the lane: smoke S0–S3, heat H0, pressure P0 in building B1; camera C0 outside."""
    with database.writing() as session:
        session.add(Meta(key="geometry_version", value="lane"))
        session.add(WorkPoint(id="A", name="片", name_en="A", lon=118.59, lat=24.76))
        session.flush()
        session.add(
            Community(
                code="350582005001",
                name="沙塘社区",
                name_short="沙塘",
                name_en="Shatang",
                work_point_id="A",
                population=1,
                households=1,
                figures_assumed=True,
                lon=118.59,
                lat=24.76,
                geometry=BOX,
            )
        )
        session.flush()
        session.add(
            Building(
                id="B1",
                name="沙塘 1 号出租屋",
                address="沙塘一路 1 号",
                category=BuildingCategory.RENTAL,
                community_code="350582005001",
                storeys=3,
                built_year=1990,
                lon=118.5905,
                lat=24.7605,
                geometry=BOX,
            )
        )
        session.flush()
        kinds = [
            ("S", DeviceKind.SMOKE, 4),
            ("H", DeviceKind.HEAT, 1),
            ("P", DeviceKind.PRESSURE, 1),
            ("C", DeviceKind.CAMERA, 1),
        ]
        slot = itertools.count()
        for letter, kind, number in kinds:
            session.add_all(
                Device(
                    id=f"{letter}{i}",
                    slot=next(slot),
                    kind=kind,
                    name=f"设备 {letter}{i}",
                    building_id=None if letter == "C" else "B1",
                    community_code="350582005001",
                    lon=118.5905,
                    lat=24.7605,
                    interval_s=60,
                )
                for i in range(number)
            )
