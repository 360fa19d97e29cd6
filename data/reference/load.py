"""The default reference data of Xintang, from the files beside this module into the database."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import LineString, Point, box, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.reference.version import geometry_version
from data.store.base import Base
from data.store.geometry import touch_geometry_version
from data.store.places import Community, ContextFeature, WorkPoint
from geo.crs import geometry_to_lonlat, geometry_to_metric

FOLDER: Final = Path(__file__).parent
NEIGHBOUR: Final = "neighbour"
RUNWAY: Final = "runway"
PLACE: Final = "place"

SIMPLIFY_M: Final = 50.0
AROUND_M: Final = 8_000.0
GRID_DEG: Final = 1e-6  # 0.1 m: finer digits would only be noise of the conversion
ASSUMED: Final = "(假定)"
#: The assumed work points: name in the file → id and English name.
WORK_POINTS: Final[dict[str, tuple[str, str]]] = {
    "沙塘片": ("A", "Shatang work point"),
    "后洋片": ("B", "Houyang work point"),
    "塘市片": ("C", "Tangshi work point"),
    "上郭片": ("D", "Shangguo work point"),
}


def load_reference(session: Session) -> None:
    """Insert or update the communities, work points and context of Xintang.

    May be repeated: what was imported from official data (communities that are not schematic,
    work points that are not assumed) is left alone, and the geometry version changes only if
    something did. The caller commits.
    """
    features = _features("communities.geojson")
    area = shapely.union_all([shape(feature["geometry"]) for feature in features])
    changed = _load_work_points(session, features)
    session.flush()
    changed |= _load_communities(session, features)
    wanted = [*_neighbours(area), *_places()]
    changed |= _load_context(session, wanted)
    if changed or geometry_version(session) is None:
        touch_geometry_version(session)
    session.flush()


def outline(session: Session) -> BaseGeometry:
    """Return the sub-district's outline in degrees (EPSG:4326); empty without communities."""
    stored = session.scalars(select(Community.geometry)).all()
    return shapely.union_all(shapely.from_wkb(list(stored)), grid_size=GRID_DEG)


def reference_outline() -> BaseGeometry:
    """Return the outline of the packaged communities in degrees (EPSG:4326)."""
    features = _features("communities.geojson")
    return shapely.union_all([shape(feature["geometry"]) for feature in features])


def _features(name: str) -> list[dict[str, Any]]:
    content = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    features: list[dict[str, Any]] = content["features"]
    return features


def _work_point_of(feature: Mapping[str, Any]) -> str:
    return str(feature["properties"]["workpoint_assumed"]).removesuffix(ASSUMED)


def _load_work_points(session: Session, features: list[dict[str, Any]]) -> bool:
    changed = False
    official = session.scalar(select(WorkPoint.id).where(WorkPoint.assumed.is_(False)).limit(1))
    for name, (work_point_id, name_en) in WORK_POINTS.items():
        members = [shape(f["geometry"]) for f in features if _work_point_of(f) == name]
        centre = shapely.union_all(members).representative_point()
        known = session.get(WorkPoint, work_point_id)
        if official is not None if known is None else not known.assumed:
            continue
        values = {
            "name": name,
            "name_en": name_en,
            "lon": round(centre.x, 6),
            "lat": round(centre.y, 6),
            "assumed": True,
        }
        changed |= _put(session, known, WorkPoint(id=work_point_id), values)
    return changed


def _load_communities(session: Session, features: list[dict[str, Any]]) -> bool:
    changed = False
    official = session.scalar(select(Community.code).where(Community.schematic.is_(False)).limit(1))
    for feature in features:
        code = str(feature["properties"]["code"])
        known = session.get(Community, code)
        if official is not None if known is None else not known.schematic:
            continue
        values = _community_values(feature)
        if known is not None and _is_official(session, known.work_point_id):
            values["work_point_id"] = known.work_point_id
        changed |= _put(session, known, Community(code=code), values)
    return changed


def _is_official(session: Session, work_point_id: str) -> bool:
    work_point = session.get(WorkPoint, work_point_id)
    return work_point is not None and not work_point.assumed


def _community_values(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature["properties"]
    return {
        "name": properties["name"],
        "name_short": properties["name_short"],
        "name_en": properties["name_en"],
        "work_point_id": WORK_POINTS[_work_point_of(feature)][0],
        "population": properties["population_assumed"],
        "households": properties["households_assumed"],
        "figures_assumed": properties["population"] is None or properties["households"] is None,
        "lon": properties["label_lon"],
        "lat": properties["label_lat"],
        "schematic": True,
        "geometry": shapely.to_wkb(shape(feature["geometry"])),
    }


def _put(session: Session, known: Base | None, fresh: Base, values: Mapping[str, Any]) -> bool:
    """Set the values on the known row, or on the fresh one and add it; say whether any changed."""
    row = fresh if known is None else known
    changed = known is None
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    if known is None:
        session.add(fresh)
    return changed


Context = dict[str, Any]


def _neighbours(area: BaseGeometry) -> list[Context]:
    """Return the counties, simplified and clipped to a rectangle around the sub-district."""
    west, south, east, north = geometry_to_metric(area).bounds
    window = box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    found = []
    for feature in _features("jinjiang.geojson"):
        county = geometry_to_metric(shape(feature["geometry"])).simplify(SIMPLIFY_M)
        clipped = county.intersection(window)
        if not clipped.is_empty:
            properties = {key: feature["properties"][key] for key in ("code", "role", "source")}
            found.append(_context(NEIGHBOUR, feature["properties"], clipped, properties))
    return found


def _context(
    layer: str, names: Mapping[str, str], metric: BaseGeometry, properties: dict[str, Any]
) -> Context:
    geometry = shapely.set_precision(geometry_to_lonlat(metric), GRID_DEG)
    return {
        "layer": layer,
        "name": names["name"],
        "name_en": names["name_en"],
        "properties": properties,
        "geometry": shapely.to_wkb(geometry),
    }


def _places() -> list[Context]:
    """Return the runway, from its two ends, and every other place as a point."""
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ends = [row for row in rows if row["kind"] == "runway_end"]
    names = {"name": "泉州晋江国际机场跑道", "name_en": "Runway of Jinjiang International Airport"}
    runway = LineString([(float(row["lon"]), float(row["lat"])) for row in ends])
    source = {"coord_status": ends[0]["coord_status"], "source": ends[0]["source"]}
    places = [
        _context(
            PLACE,
            row,
            geometry_to_metric(Point(float(row["lon"]), float(row["lat"]))),
            _place_properties(row),
        )
        for row in rows
        if row["kind"] != "runway_end"
    ]
    return [_context(RUNWAY, names, geometry_to_metric(runway), source), *places]


def _place_properties(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "coord_status": row["coord_status"],
        "precision_m": float(row["precision_m"]),
        "community": row["community"],
        "source": row["source"],
    }


def _load_context(session: Session, wanted: list[Context]) -> bool:
    """Make the three layers hold exactly what is wanted; rows that are right stay."""
    layers = (NEIGHBOUR, RUNWAY, PLACE)
    query = select(ContextFeature).where(ContextFeature.layer.in_(layers))
    known = list(session.scalars(query.order_by(ContextFeature.id)))
    if [{key: getattr(row, key) for key in wanted[0]} for row in known] == wanted:
        return False
    for row in known:
        session.delete(row)
    session.add_all([ContextFeature(**values, demo=False) for values in wanted])
    return True
