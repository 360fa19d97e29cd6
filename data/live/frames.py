"""The binary frames of ``/live/ws`` (docs/live-protocol.md): small, and encoded once for everybody.

A frame is one type byte and its content. Numbers are unsigned varints (LEB128: seven bits a byte,
least first, the eighth says that more follow).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from data.domain.response import Stage

HELLO: Final = b"\x01"
CHANGES: Final = b"\x02"
BEAT: Final = b"\x03"
RESET: Final = b"\x04"
VALUES: Final = b"\x05"
#: Changes among which people worked on incidents.
WORK: Final = b"\x06"

#: Members of an ALARM in the order in which a frame has them; a reader learns it from ``hello``.
FIELDS: Final = (
    "id",
    "version",
    "slot",
    "device",
    "device_name",
    "location",
    "kind",
    "cause",
    "raised_at",
    "received_at",
    "last_at",
    "value",
    "count",
    "incident",
    "confidence",
    "response",
    "acked_at",
    "acked_by",
    "cleared_at",
    "confirmed_at",
    "confirmed_by",
    "chattering_at",
    "shelved_until",
    "shelved_by",
    "shelve_reason",
    "suppressed_at",
    "out_of_service_at",
    "point",
    "closed_at",
    "closed_by",
    "verdict",
    "false_cause",
)
#: What a member is where a row has null; a reader learns it from ``hello``.
DEFAULTS: Final[Mapping[str, Any]] = {"confidence": "", "response": str(Stage.NONE)}
#: Members that a reader knows from the geometry, by the slot.
FROM_GEOMETRY: Final = frozenset(
    {
        "device_kind",
        "building",
        "building_name",
        "community",
        "community_name",
        "community_name_en",
        "lon",
        "lat",
    }
)
#: What a frame says of a closed alarm; its reader knows the rest or never knew the alarm.
ENDED: Final = ("id", "version", "closed_at", "closed_by", "verdict", "false_cause")
_BASE: Final = "raised_at"
_STATUS_BITS: Final = 3
_LEVEL: Final = 0x80


def varint(value: int) -> bytes:
    """Return a non-negative whole number in as few bytes as it needs.

    Examples
    --------
    >>> varint(5).hex(), varint(300).hex()
    ('05', 'ac02')
    """
    out = bytearray()
    while value >= _LEVEL:
        out.append(value & 0x7F | _LEVEL)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_hello(event_id: str) -> bytes:
    """Return the first frame: after which event the stream goes on, and the alarms' fields."""
    return HELLO + orjson.dumps(
        {"id": event_id, "fields": FIELDS, "defaults": DEFAULTS, "ended": ENDED}
    )


def encode_changes(
    events: int,
    number: int,
    statuses: Mapping[int, int],
    alarms: Iterable[Mapping[str, Any]],
    incidents: Iterable[Mapping[str, Any]] = (),
) -> bytes:
    """Return one frame with what some successive events changed.

    Parameters
    ----------
    events
        How many events it stands for; a reader adds them to its own number.
    number
        Number of the last of them; its low byte lets a reader notice that it lost one.
    statuses
        Newest status by slot.
    alarms
        Alarms (members as in ``FIELDS`` at least), in the order in which they changed.
    incidents
        Marks of the incidents that people worked on.
    """
    parts = [CHANGES, varint(events), bytes([number & 0xFF]), varint(len(statuses))]
    before = 0
    for slot in sorted(statuses):
        parts.append(varint((slot - before) << _STATUS_BITS | statuses[slot]))
        before = slot
    rows = [_row(alarm) for alarm in alarms]
    marks = [[mark["id"], *mark["buildings"]] for mark in incidents]
    if marks:
        parts[0] = WORK
        parts.append(orjson.dumps([rows, marks]))
    elif rows:
        parts.append(orjson.dumps(rows))
    return b"".join(parts)


def encode_beat(now_ms: int, data_ms: int | None) -> bytes:
    """Return the sign of life: the server's clock and the age of the newest reading, plus one."""
    age = 0 if data_ms is None else max(0, now_ms - data_ms) + 1
    return BEAT + varint(now_ms) + varint(age)


def _row(alarm: Mapping[str, Any]) -> list[Any]:
    """Return the members in order without the empty ones at the end; times count from the raise."""
    if alarm["closed_at"] is not None:
        return [alarm[name] for name in ENDED]
    row = [_member(alarm, name) for name in FIELDS]
    while row[-1] is None:
        row.pop()
    return row


def _member(alarm: Mapping[str, Any], name: str) -> Any:
    value = alarm[name]
    if name in DEFAULTS:
        return None if value == DEFAULTS[name] else value
    if value is None or name == _BASE or not name.endswith("_at"):
        return value
    return value - alarm[_BASE]
