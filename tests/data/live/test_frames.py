"""The binary frames, read back by a second implementation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.live import frames
from data.store.alarms import open_alarm_views
from data.store.database import Database
from tests.live import alarm_view, decoded, read_varint

NUMBERS = st.integers(0, 2**48)


@given(NUMBERS)
def test_varint_round_trip(value: int) -> None:
    encoded = frames.varint(value)
    assert read_varint(encoded, 0) == (value, len(encoded))


@given(
    events=st.integers(1, 5000),
    number=NUMBERS,
    statuses=st.dictionaries(st.integers(0, 200_000), st.integers(0, 5)),
)
def test_changes_round_trip(events: int, number: int, statuses: dict[int, int]) -> None:
    ((kind, content),) = decoded([frames.encode_changes(events, number, statuses, [])])
    assert kind == "changes"
    assert content == {
        "events": events,
        "check": number & 0xFF,
        "statuses": statuses,
        "alarms": [],
    }


def test_an_alarm_comes_back_but_for_what_the_geometry_says() -> None:
    view = alarm_view(acked_at=1_780_000_004_000, acked_by="duty", incident=3)
    ((_, content),) = decoded([frames.encode_changes(1, 1, {}, [view])])
    expected = {name: view[name] for name in frames.FIELDS}
    assert content["alarms"] == [expected]


@pytest.mark.parametrize("alarms", [[], [alarm_view()]])
def test_work_on_incidents_comes_beside_the_changes(alarms: list[dict[str, Any]]) -> None:
    marks = [{"id": 4, "version": 2, "buildings": ["B1", "B2"]}, {"id": 5, "buildings": []}]
    ((kind, content),) = decoded([frames.encode_changes(2, 258, {7: 5}, alarms, marks)])
    assert (kind, content["events"], content["check"]) == ("work", 2, 2)
    assert (content["statuses"], len(content["alarms"])) == ({7: 5}, len(alarms))
    assert content["incidents"] == [
        {"id": 4, "buildings": ["B1", "B2"]},
        {"id": 5, "buildings": []},
    ]


def test_a_closed_alarm_says_only_how_it_ended() -> None:
    view = alarm_view(closed_at=1_780_000_009_000, closed_by="duty", verdict="false")
    ((_, content),) = decoded([frames.encode_changes(1, 1, {}, [view])])
    assert content["alarms"] == [{name: view[name] for name in frames.ENDED}]


def test_the_fields_are_all_that_the_store_tells(town_database: Database) -> None:
    with town_database.reading() as session:
        view = open_alarm_views(session)[0]
    assert set(frames.FIELDS) | frames.FROM_GEOMETRY == set(view)
    assert len(frames.FIELDS) == len(set(frames.FIELDS))
    # a row without its empty end is still longer than that of a closed alarm
    assert frames.FIELDS.index("raised_at") >= len(frames.ENDED)


def test_sizes_that_docs_promise() -> None:
    alarm = frames.encode_changes(1, 1, {7: 5}, [alarm_view()])
    assert len(alarm) < 170
    quiet = frames.encode_changes(5, 1, {slot * 100: 3 for slot in range(125)}, [])
    assert len(quiet) / 125 < 2.2


def test_a_beat_without_data_has_no_age() -> None:
    assert decoded([frames.encode_beat(1_780_000_000_000, None)]) == [
        ("beat", {"now": 1_780_000_000_000, "age": -1})
    ]
    assert decoded([frames.encode_beat(1_000, 400)]) == [("beat", {"now": 1_000, "age": 600})]
