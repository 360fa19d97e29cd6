from collections import Counter, defaultdict
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from data.demo.inspections import EVERY_DAYS, FAILED, PASSED
from data.domain.weeks import SHANGHAI
from data.domain.words import BuildingCategory
from data.store.database import Database
from data.store.models import Building, Hazard, Inspection, Person
from tests.conftest import TOWN_NOW


@pytest.fixture(scope="module")
def visits(town: Database) -> dict[int, Inspection]:
    with town.reading() as session:
        return {row.id: row for row in session.scalars(select(Inspection))}


@pytest.fixture(scope="module")
def hazards(town: Database) -> list[Hazard]:
    with town.reading() as session:
        return list(session.scalars(select(Hazard)))


def test_every_building_is_visited_as_often_as_its_category_asks(
    town: Database, visits: dict[int, Inspection]
) -> None:
    number = Counter(row.building_id for row in visits.values())
    with town.reading() as session:
        for building in session.scalars(select(Building)):
            assert number[building.id] >= 728 // EVERY_DAYS[building.category] - 1
    assert EVERY_DAYS[BuildingCategory.THREE_IN_ONE] < EVERY_DAYS[BuildingCategory.RESIDENTIAL]


def test_visits_are_in_office_hours_by_the_grid_officer(
    town: Database, visits: dict[int, Inspection]
) -> None:
    with town.reading() as session:
        labels = set(session.scalars(select(Person.label)))
    for row in visits.values():
        local = row.at.astimezone(SHANGHAI)
        assert local.weekday() < 5
        assert 8 <= local.hour < 18
        assert row.inspector in labels


def test_hazards_belong_to_failed_visits(
    visits: dict[int, Inspection], hazards: list[Hazard]
) -> None:
    found = defaultdict(list)
    for hazard in hazards:
        found[hazard.inspection_id].append(hazard)
        visit = visits[hazard.inspection_id or 0]
        assert (hazard.building_id, hazard.found_at) == (visit.building_id, visit.at)
        assert hazard.due_at is not None
        assert hazard.due_at > hazard.found_at
        assert hazard.closed_at is None or hazard.found_at < hazard.closed_at <= TOWN_NOW
    for row in visits.values():
        assert row.result == (FAILED if row.id in found else PASSED)


def test_some_are_open_and_some_overdue_and_things_get_better(hazards: list[Hazard]) -> None:
    still_open = [hazard for hazard in hazards if hazard.closed_at is None]
    overdue = [hazard for hazard in still_open if hazard.due_at and hazard.due_at < TOWN_NOW]
    assert 0 < len(overdue) < len(still_open) < 0.2 * len(hazards)
    middle = TOWN_NOW - timedelta(weeks=52)
    early = [hazard for hazard in hazards if hazard.found_at < middle]
    assert len(early) > 1.2 * (len(hazards) - len(early))

    def days(some: list[Hazard]) -> float:
        return float(
            np.median([(h.closed_at - h.found_at).days for h in some if h.closed_at is not None])
        )

    late = [hazard for hazard in hazards if hazard.found_at >= middle]
    assert days(early) > days(late)
