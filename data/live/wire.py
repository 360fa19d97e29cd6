"""Encoding of what goes to browsers: compact JSON, server-sent event frames."""

from datetime import UTC, datetime
from typing import Any

import orjson


def to_json(value: Any) -> bytes:
    """Return compact JSON."""
    return orjson.dumps(value)


def to_ms(moment: datetime | None) -> int | None:
    """Return Unix milliseconds."""
    return None if moment is None else round(moment.timestamp() * 1000)


def from_ms(ms: float | str | bytes | None) -> datetime | None:
    """Return the UTC moment of Unix milliseconds; None for nothing."""
    if ms is None or ms in {"", b""}:
        return None
    return datetime.fromtimestamp(float(ms) / 1000, UTC)


def sse(event: str, data: bytes, event_id: str | None = None) -> bytes:
    """Return one server-sent event."""
    head = b"" if event_id is None else b"id: " + event_id.encode() + b"\n"
    return head + b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"
