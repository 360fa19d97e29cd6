"""``GET /live/building/{id}``: what the wall says of a building that is on fire."""

from typing import Any, Final

from fastapi import APIRouter, Response

from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.domain.views import BuildingView, DeviceRow, FacilityNear
from data.live.look import reader
from data.store.drilldown_building import building_view

#: Facilities of a kind that fit on the card.
NEAREST: Final = 3


def building_router(services: Services) -> APIRouter:
    """Make the router; an unknown building is answered with 404 problem+json."""
    router = APIRouter(prefix="/live")

    read_now = reader(services.redis)

    @router.get("/building/{building_id}")
    def get_building(building_id: str) -> Response:
        with services.database.reading() as session:
            card = building_card(building_view(session, building_id, read_now))
        return json_answer(card)

    return router


def building_card(view: BuildingView) -> dict[str, Any]:
    """Return what the wall's card shows of a building; distances in metres."""
    facts = view.facts
    return {
        "id": facts.id,
        "name": facts.name,
        "address": facts.address,
        "category": facts.category,
        "storeys": facts.storeys,
        "residents": facts.residents,
        "built_year": facts.built_year,
        "ebike": {
            "required": facts.ebike_charging_required,
            "present": facts.ebike_charging_present,
        },
        "demo": facts.demo,
        "community": {"name": view.community.name, "name_en": view.community.name_en},
        "work_point": {"name": view.work_point.name, "name_en": view.work_point.name_en},
        "people": [{"role": person.role, "label": person.label} for person in view.people],
        "device_count": view.device_count,
        "devices": [_device(row) for row in view.devices],
        "micro_stations": [_facility(row) for row in view.micro_stations[:NEAREST]],
        "hydrants": [_facility(row) for row in view.hydrants[:NEAREST]],
        "hazards_open": len(view.hazards),
    }


def _device(row: DeviceRow) -> dict[str, Any]:
    return {"slot": row.slot, "kind": row.kind, "name": row.name, "location": row.location}


def _facility(row: FacilityNear) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "distance_m": round(row.distance_m),
        "walk_min": round(row.walk_min, 1),
        "pressure_mpa": row.now.values.get("pressure_mpa") if row.now else None,
    }
