import pytest

from data.domain import words as vocabulary
from data.domain.checklists import checklist
from data.domain.readings import VALUE_RANGES
from data.domain.rules import CAUSES
from layouts import words
from layouts.charts import STATUS_COLOUR


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (words.STATUS, vocabulary.Status),
        (words.ALARM_KIND, vocabulary.AlarmKind),
        (words.DEVICE_KIND, vocabulary.DeviceKind),
        (words.PLATFORM, vocabulary.Platform),
        (words.CATEGORY, vocabulary.BuildingCategory),
        (words.FACILITY_KIND, vocabulary.FacilityKind),
        (words.PERSON_ROLE, vocabulary.PersonRole),
        (words.ROLE, vocabulary.Role),
        (words.VERDICT, vocabulary.Verdict),
        (words.FALSE_CAUSE, vocabulary.FalseCause),
        (words.ALARM_CAUSE, CAUSES),
        (words.VALUE, VALUE_RANGES),
        (
            words.CHECK,
            {item for category in vocabulary.BuildingCategory for item in checklist(category)},
        ),
        (STATUS_COLOUR, vocabulary.Status),
    ],
)
def test_every_member_has_a_word(table, members):
    assert set(table) == set(members)
