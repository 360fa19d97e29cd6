"""Reading what the hub sends to pages, as a second implementation of docs/live-protocol.md."""

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson

from data.live.frames import DEFAULTS, ENDED, FIELDS
from data.live.subscribers import Subscriber

KINDS = {1: "hello", 2: "changes", 3: "beat", 4: "reset", 5: "values", 6: "work"}


def alarm_view(**own: Any) -> dict[str, Any]:
    """An ALARM as the store makes it."""
    return {
        "id": 1,
        "version": 1,
        "slot": 7,
        "device": "XT-SMK-000007",
        "device_name": "独立感烟 07",
        "device_kind": "smoke",
        "location": "3 层 走廊",
        "building": "B1",
        "building_name": "沙塘 1 号出租屋",
        "community": "350582005001",
        "community_name": "沙塘社区",
        "community_name_en": "Shatang",
        "lon": 118.5905,
        "lat": 24.7605,
        "kind": "fire",
        "cause": "smoke_fire",
        "value": 18.5,
        "count": 1,
        "raised_at": 1_780_000_000_000,
        "received_at": 1_780_000_000_250,
        "last_at": 1_780_000_000_000,
        "cleared_at": None,
        "acked_at": None,
        "closed_at": None,
        "acked_by": None,
        "closed_by": None,
        "verdict": None,
        "false_cause": None,
        "incident": None,
        "confidence": "",
        "response": "none",
        "confirmed_at": None,
        "confirmed_by": None,
        "chattering_at": None,
        "shelved_until": None,
        "shelved_by": None,
        "shelve_reason": None,
        "suppressed_at": None,
        "out_of_service_at": None,
        "point": None,
        **own,
    }


def decoded(frames: Iterable[bytes]) -> list[tuple[str, Any]]:
    """Each frame's kind and content; alarms by the names of the last ``hello`` among them."""
    found: list[tuple[str, Any]] = []
    names: dict[str, Any] = {"fields": FIELDS, "defaults": DEFAULTS, "ended": ENDED}
    for frame in frames:
        kind = KINDS[frame[0]]
        content: Any = None
        if kind in {"hello", "values"}:
            content = orjson.loads(frame[1:])
            names = content if kind == "hello" else names
        elif kind == "beat":
            now, at = read_varint(frame, 1)
            age, _ = read_varint(frame, at)
            content = {"now": now, "age": age - 1}
        elif kind == "changes":
            content = _changes(frame, names)
        elif kind == "work":
            content = _work(frame, names)
        found.append((kind, content))
    return found


async def frames_of(subscriber: Subscriber, kind: str) -> list[Any]:
    """Wait for frames of a kind; the contents of those that came together."""
    async with asyncio.timeout(5):
        while True:
            found = [content for name, content in decoded(await subscriber.next()) if name == kind]
            if found:
                return [content if content is not None else kind for content in found]


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a byte, and where the next thing begins."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def _changes(frame: bytes, names: dict[str, Any]) -> dict[str, Any]:
    found, rows = _counted(frame)
    return {**found, "alarms": [_alarm(row, names) for row in rows]}


def _work(frame: bytes, names: dict[str, Any]) -> dict[str, Any]:
    found, (rows, marks) = _counted(frame)
    incidents = [{"id": number, "buildings": buildings} for number, *buildings in marks]
    return {**found, "alarms": [_alarm(row, names) for row in rows], "incidents": incidents}


def _counted(frame: bytes) -> tuple[dict[str, Any], Any]:
    events, at = read_varint(frame, 1)
    check = frame[at]
    number, at = read_varint(frame, at + 1)
    statuses, slot = {}, 0
    for _ in range(number):
        packed, at = read_varint(frame, at)
        slot += packed >> 3
        statuses[slot] = packed & 7
    rest = orjson.loads(frame[at:]) if at < len(frame) else []
    return {"events": events, "check": check, "statuses": statuses}, rest


def _alarm(row: list[Any], names: dict[str, Any]) -> dict[str, Any]:
    if len(row) == len(names["ended"]):
        return dict(zip(names["ended"], row, strict=True))
    alarm = dict.fromkeys(names["fields"], None) | dict(zip(names["fields"], row, strict=False))
    alarm |= {name: value for name, value in names["defaults"].items() if alarm[name] is None}
    for name, value in alarm.items():
        if name.endswith("_at") and name != "raised_at" and value is not None:
            alarm[name] = value + alarm["raised_at"]
    return alarm
