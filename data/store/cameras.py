"""Cameras of a building and around it."""

import math
from typing import Final

import numpy as np
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from data.domain.drilldown import CameraNear
from data.domain.views import BuildingFacts, DeviceRow, ReadNow
from data.domain.words import DeviceKind
from data.store.models import Building, Device
from geo.distance import distance_m

#: So far a camera in the street may see a building.
WITHIN_M: Final = 150.0
CAMERAS_NAMED: Final = 6
#: A degree of latitude where it is shortest, so that the box is never too small.
_M_PER_DEGREE: Final = 110_574.0


def find_camera(session: Session, device_id: str) -> Device | None:
    """Return a camera, None if there is none of this id."""
    camera = session.get(Device, device_id)
    return camera if camera is not None and camera.kind is DeviceKind.CAMERA else None


def cameras_near(
    session: Session, building: BuildingFacts, read_now: ReadNow
) -> tuple[CameraNear, ...]:
    """Return the cameras inside first, then those within 150 m, the nearest first."""
    dlat = WITHIN_M / _M_PER_DEGREE
    dlon = dlat / math.cos(math.radians(building.lat))
    around = and_(
        Device.lon.between(building.lon - dlon, building.lon + dlon),
        Device.lat.between(building.lat - dlat, building.lat + dlat),
    )
    rows = session.execute(
        select(Device, Building.name)
        .outerjoin(Building, Building.id == Device.building_id)
        .where(Device.kind == DeviceKind.CAMERA, or_(Device.building_id == building.id, around))
    ).all()
    points = np.array([(row.lon, row.lat) for row, _place in rows], dtype=float).reshape(-1, 2)
    metres = distance_m(points, (building.lon, building.lat))
    found = sorted(
        (
            (row.building_id != building.id, float(metre), row.id, row, place or "")
            for (row, place), metre in zip(rows, metres, strict=True)
        ),
        key=lambda one: one[:3],
    )
    near = [one for one in found if not one[0] or one[1] <= WITHIN_M][:CAMERAS_NAMED]
    now = read_now([row.id for *_order, row, _place in near])
    return tuple(
        CameraNear(
            DeviceRow(row.id, row.slot, row.kind, row.name, row.location, now.get(row.id)),
            place,
            metre,
            inside=not outside,
        )
        for outside, metre, _id, row, place in near
    )
