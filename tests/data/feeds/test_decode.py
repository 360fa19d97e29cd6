from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import ReadingError
from data.domain.words import Reported
from data.feeds.decode import BodyError, decode_item, parse_body

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = {
    "device_id": "d",
    "message_id": "m",
    "measured_at": "2026-01-01T08:00:00+08:00",
    "status": "fire",
    "values": {"temperature_c": 41},
}


def test_a_full_item() -> None:
    reading = decode_item(GOOD, NOW)
    assert (reading.device_id, reading.measured_at, reading.reported) == ("d", NOW, Reported.FIRE)
    assert reading.values == {"temperature_c": 41.0}


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ([], "must be a JSON object"),
        ({**GOOD, "device_id": 5}, "device_id must be a string"),
        ({**GOOD, "device_id": "a\x00b"}, "printable"),
        ({**GOOD, "colour": 1}, "unknown fields: colour"),
        ({**GOOD, "measured_at": "yesterday"}, "not RFC 3339"),
        ({**GOOD, "status": "fine"}, "unknown status 'fine'; known: normal"),
        ({**GOOD, "status": ["fire"]}, "unknown status"),
        ({**GOOD, "values": [1]}, "values must be an object"),
        ({**GOOD, "values": {"smoke_pct": "3"}}, "must be a number, not str"),
        ({**GOOD, "values": {"smoke_pct": True}}, "must be a number, not bool"),
        ({**GOOD, "values": {"smoke_pct": float("inf")}}, "must be a finite number"),
        ({**GOOD, "values": {"smoke_pct": 10**400}}, "must be a finite number"),
    ],
)
def test_a_bad_item_is_refused_with_the_reason(item: object, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        decode_item(item, NOW)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "must be a JSON list"),
        (b"[]", "1 to 5000 readings, not 0"),
        (b"[" + b"1," * 5000 + b"1]", "1 to 5000 readings, not 5001"),
    ],
)
def test_a_bad_body_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BodyError, match=reason):
        parse_body(body)


def test_nan_costs_its_own_item_only() -> None:
    assert len(parse_body(b'[{"values": {"smoke_pct": NaN}}, {}]')) == 2


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(str).map(str.encode)
)
def test_random_bytes_raise_nothing_but_the_codecs_own_errors(body: bytes) -> None:
    try:
        items = parse_body(body)
    except BodyError:
        return
    for item in items:
        with pytest.raises(ReadingError):
            decode_item(item, NOW)


@pytest.mark.parametrize("wrong", ["2026-12-31T00:00:00Z", "2000-01-01T00:00:00Z"])
def test_no_alarm_is_lost_to_a_clock_that_is_wrong(wrong: str) -> None:
    item = {"device_id": "d", "message_id": "m", "measured_at": wrong}
    for says in ({"status": "fire"}, {"status": "fault"}, {"values": {"smoke_pct": 40}}):
        assert decode_item({**item, **says}, NOW).measured_at == NOW
    for says in ({"status": "normal"}, {"values": {"smoke_pct": 1}}):
        assert decode_item({**item, **says}, NOW).measured_at != NOW
