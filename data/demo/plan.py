"""The plan of the town: streets, footprints, buildings, grids, facilities, people, devices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.demo.buildings import Buildings, make_buildings
from data.demo.clusters import make_clusters, quotas
from data.demo.devices import Devices, make_devices
from data.demo.facilities import Facilities, make_facilities
from data.demo.grids import Grids, make_grids
from data.demo.land import Land
from data.demo.lanes import grow_lanes, make_ground
from data.demo.lots import candidates, choose, free_of
from data.demo.people import People, make_people
from data.demo.roads import Street, main_roads, stream_line
from data.demo.sites import Place, find_sites
from data.demo.streets import name_lanes
from data.store.models import ContextFeature
from geo.crs import to_metric

DEVICES_A_BUILDING: Final = 5
FEWEST_BUILDINGS: Final = 300
WATER_HALF_WIDTH_M: Final = 8.0

Step = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that stands on the ground, before it is written anywhere."""

    lands: tuple[Land, ...]
    streets: tuple[Street, ...]
    water: tuple[LineString, ...]
    buildings: Buildings
    grids: Grids
    facilities: Facilities
    people: People
    devices: Devices


def read_places(session: Session) -> list[Place]:
    """Return the places of the reference data that are points."""
    rows = session.scalars(
        select(ContextFeature).where(ContextFeature.layer == "place").order_by(ContextFeature.id)
    )
    return [
        Place(row.name, str(row.properties.get("kind", "")), _metres(row.geometry)) for row in rows
    ]


def _metres(wkb: bytes) -> tuple[float, float]:
    xy = to_metric(shapely.get_coordinates(shapely.from_wkb(wkb)))[0]
    return float(xy[0]), float(xy[1])


def make_plan(
    lands: Sequence[Land], places: Sequence[Place], devices: int, seed: int, step: Step
) -> Plan:
    """Return the plan of a town with so many devices; about a fifth as many buildings."""
    wanted = max(FEWEST_BUILDINGS, devices // DEVICES_A_BUILDING)
    step("街道", 0.0)
    roads = main_roads(lands, seed)
    water = stream_line(lands, seed)
    heritage = [place.point for place in places if place.kind == "heritage"]
    sites = find_sites(lands, roads, places, wanted, seed)
    quota = quotas(lands, wanted, heritage)
    clusters = make_clusters(lands, quota, heritage, [road.line for road in roads], seed)
    closed = [*(line.buffer(WATER_HALF_WIDTH_M) for line in water), *sites.areas]
    ground = make_ground(lands, clusters, roads, closed, seed)
    lanes = name_lanes(grow_lanes(ground, clusters, roads, closed, seed), clusters, lands)
    streets = [*roads, *lanes]
    step("建筑", 0.4)
    lots = free_of(candidates(lands, clusters, ground, streets, seed), streets, closed)
    plots = choose(lots, quota, clusters, sites)
    buildings = make_buildings(plots, sites.wishes, lands, streets, seed)
    grids = make_grids(lands, buildings, seed)
    step("设备", 0.8)
    facilities = make_facilities(lands, streets, buildings.plots, seed)
    return Plan(
        tuple(lands),
        tuple(streets),
        tuple(water),
        buildings,
        grids,
        facilities,
        make_people(lands, grids, facilities),
        make_devices(devices, buildings, facilities, lands, streets, seed),
    )
