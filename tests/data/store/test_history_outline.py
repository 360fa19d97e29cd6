from datetime import timedelta

import pytest

from data.store.history_outline import MARKS_KEPT, Mark, Outline, Way, look_ahead, way_to
from tests.cast import NOW

EARLY, LATE = Mark(100, (NOW, 1)), Mark(900, (NOW, 2))


@pytest.mark.parametrize(
    ("start", "way"),
    [
        (0, Way(None, 0, backwards=False)),
        (30, Way(None, 30, backwards=False)),
        (60, Way(EARLY, 30, backwards=True)),
        (130, Way(EARLY, 30, backwards=False)),
        (880, Way(LATE, 10, backwards=True)),
        (980, Way(None, 10, backwards=True)),
    ],
)
def test_the_shortest_way_to_a_page_begins_at_a_mark_or_at_an_end(start, way):
    assert way_to(Outline(1000, (EARLY, LATE)), start, 10) == way


def test_the_oldest_places_are_forgotten():
    outline = Outline(1000)
    for position in range(2 * MARKS_KEPT):
        outline = outline.marked(Mark(position, (NOW, position)))
    assert [mark.position for mark in outline.marks] == [*range(MARKS_KEPT, 2 * MARKS_KEPT)]


@pytest.mark.parametrize("start", [0, 5_000, 9_990])
def test_a_look_ahead_leaves_a_tenth_of_the_way_when_time_is_uneven(start):
    """Six of ten rows are of the newest quarter of the time."""

    def count(at):
        age = (NOW - at) / timedelta(days=100)
        return round(24_000 * age) if age < 0.25 else 6_000 + round(4_000 * (age - 0.25) / 0.75)

    looks = []
    outline = look_ahead(
        Outline(10_000),
        (start, 10),
        (NOW, NOW - timedelta(days=100)),
        lambda at: looks.append(at) or count(at),
        descending=True,
    )
    assert len(looks) <= 3
    assert way_to(outline, start, 10).offset < 1_000
