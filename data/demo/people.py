"""People to call, by role and number; nobody has a name or a telephone number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from data.demo.facilities import Facilities
from data.demo.grids import Grids
from data.demo.land import Land
from data.domain.words import PersonRole

MAINTAINERS: Final = 8


@dataclass(frozen=True, slots=True)
class People:
    """The rows of the table, and who belongs to what."""

    rows: tuple[dict[str, Any], ...]
    #: By building.
    responsible: tuple[str, ...]
    #: Label of the grid officer by grid id.
    officer: dict[str, str]


def make_people(lands: Sequence[Land], grids: Grids, facilities: Facilities) -> People:
    """Return officers by grid, responsible persons by building, squads, maintainers, offices."""
    rows: list[dict[str, Any]] = []
    officer = {}
    for number, grid in enumerate(grids.rows, start=1):
        label = f"网格员 {number:02d}"
        officer[grid["id"]] = label
        rows.append(
            _row(
                f"G{number:03d}", PersonRole.GRID_OFFICER, label, grid["community_code"], grid["id"]
            )
        )
    community_of = {grid["id"]: grid["community_code"] for grid in grids.rows}
    responsible = []
    for number, grid_id in enumerate(grids.of_building, start=1):
        person_id = f"R{number:06d}"
        responsible.append(person_id)
        label = f"责任人 {number:04d}"
        rows.append(_row(person_id, PersonRole.RESPONSIBLE, label, community_of[grid_id], grid_id))
    for number, station in enumerate(facilities.stations, start=1):
        label = f"{station['name']} 班组"
        rows.append(
            _row(f"S{number:03d}", PersonRole.MICRO_STATION, label, station["community_code"])
        )
    rows.extend(
        _row(f"M{number:03d}", PersonRole.MAINTAINER, f"维保员 {number:02d}", None)
        for number in range(1, MAINTAINERS + 1)
    )
    for number, land in enumerate(lands, start=1):
        label = f"{land.name}社区值班"
        rows.append(_row(f"C{number:03d}", PersonRole.COMMUNITY, label, land.code))
    return People(tuple(rows), tuple(responsible), officer)


def _row(
    person_id: str, role: PersonRole, label: str, community: str | None, grid: str | None = None
) -> dict[str, Any]:
    return {
        "id": person_id,
        "role": role,
        "label": label,
        "phone": None,
        "community_code": community,
        "grid_id": grid,
    }
