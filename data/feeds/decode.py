"""JSON of ``POST /api/v1/readings`` → readings, item by item."""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from data.domain.errors import ReadingError
from data.domain.readings import Reading
from data.domain.words import Reported

MAX_ITEMS: Final = 5000
_FIELDS: Final = {"device_id", "message_id", "measured_at", "status", "values"}


class BodyError(ValueError):
    """The body as a whole is not a list of readings."""


class BatchSizeError(BodyError):
    """It is one, but empty or too long."""


def parse_body(body: bytes) -> list[Any]:
    """Return the items of the body.

    ``NaN`` and ``Infinity`` are let through here so that they cost their own item only.

    Raises
    ------
    BodyError
        If it is not JSON or not a list.
    BatchSizeError
        If it is empty, or longer than 5,000 items.
    """
    try:
        items = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"the body is not JSON: {error}") from None
    if not isinstance(items, list):
        raise BodyError('the body must be a JSON list of readings, e.g. [{"device_id": …}]')
    if not 0 < len(items) <= MAX_ITEMS:
        raise BatchSizeError(f"a batch must have 1 to {MAX_ITEMS} readings, not {len(items)}")
    return items


def item_texts(body: bytes) -> list[bytes]:
    """Return each item of a body that was parsed before, byte for byte as it stands there."""
    text = body.decode(json.detect_encoding(body), "surrogatepass")
    decoder, at, found = json.JSONDecoder(), _after_space(text, 0) + 1, []
    while text[(at := _after_space(text, at))] != "]":
        _, end = decoder.raw_decode(text, at)
        found.append(text[at:end].encode("utf-8", "surrogatepass"))
        at = _after_space(text, end)
        at += text[at] == ","
    return found


def _after_space(text: str, at: int) -> int:
    while text[at] in " \t\n\r\ufeff":
        at += 1
    return at


def decode_item(item: Any, received_at: datetime) -> Reading:
    """Return one item as a reading.

    Raises
    ------
    ReadingError
        If a field is missing, unknown or of the wrong type.
    """
    if not isinstance(item, dict):
        raise ReadingError("a reading must be a JSON object")
    if unknown := item.keys() - _FIELDS:
        raise ReadingError(f"unknown fields: {', '.join(sorted(unknown))}")
    return Reading(
        device_id=_text(item, "device_id"),
        message_id=_text(item, "message_id"),
        measured_at=_time(item),
        received_at=received_at,
        reported=_status(item.get("status")),
        values=_values(item.get("values", {})),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise ReadingError(f"{name} must be a string")
    if "\x00" in value or not value.isprintable():
        raise ReadingError(f"{name} must have printable characters only")
    return value


def _time(item: dict[str, Any]) -> datetime:
    text = _text(item, "measured_at")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ReadingError(
            f"measured_at {text!r} is not RFC 3339, e.g. 2026-11-22T10:24:07+08:00"
        ) from None


def _status(value: Any) -> Reported | None:
    if value is None:
        return None
    try:
        return Reported(value)
    except ValueError:
        words: Sequence[str] = [str(word) for word in Reported]
        raise ReadingError(f"unknown status {value!r}; known: {', '.join(words)}") from None


def _values(values: Any) -> dict[str, float]:
    if not isinstance(values, dict):
        raise ReadingError('values must be an object such as {"temperature_c": 41.5}')
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ReadingError(f"{name} must be a number, not {type(value).__name__}")
        if not _finite(value):
            raise ReadingError(f"{name} must be a finite number")
    return {name: float(value) for name, value in values.items()}


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False
