from data.domain.checklists import ALWAYS, BY_CATEGORY, checklist
from data.domain.words import BuildingCategory


def test_every_category_adds_something_of_its_own() -> None:
    assert set(BY_CATEGORY) == set(BuildingCategory)
    for category in BuildingCategory:
        items = checklist(category)
        assert items[: len(ALWAYS)] == ALWAYS
        assert len(items) == len(set(items)) > len(ALWAYS)


def test_without_a_building_the_general_things_are_left() -> None:
    assert checklist(None) == ALWAYS
