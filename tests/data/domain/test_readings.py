from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.domain.errors import ReadingError
from data.domain.readings import Reading, check_reading

NOW = datetime(2026, 1, 31, tzinfo=UTC)
GOOD = Reading("d", "m", NOW, NOW, None, {"temperature_c": 20.0})


def test_a_believable_reading_passes() -> None:
    assert check_reading(GOOD) is GOOD


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"device_id": ""}, "device_id must have 1 to 64"),
        ({"message_id": "x" * 65}, "message_id must have 1 to 64"),
        ({"measured_at": datetime(2026, 1, 31)}, "needs a time zone"),  # noqa: DTZ001
        ({"measured_at": NOW + timedelta(minutes=6)}, "more than 5 min in the future"),
        ({"measured_at": NOW - timedelta(days=365)}, "more than 30 days old"),
        ({"values": {}}, "needs a status or at least one value"),
        ({"values": {"colour": 1.0}}, "unknown value 'colour'; known: temperature_c"),
        ({"values": {"temperature_c": float("nan")}}, "temperature_c = nan is not within"),
        ({"values": {"smoke_pct": 101.0}}, "smoke_pct = 101.0 is not within 0 … 100"),
    ],
)
def test_an_unbelievable_reading_is_refused_with_the_reason(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ReadingError, match=reason):
        check_reading(replace(GOOD, **change))  # type: ignore[arg-type]
