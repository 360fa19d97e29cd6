"""From MQTT messages to readings, pure: a bad part costs only itself, a fire is not lost to it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from data.domain.errors import ReadingError, Refusal
from data.domain.readings import MAX_AGE, MAX_AHEAD, MAX_ID_LENGTH, Reading, check_reading
from data.domain.rules import REPORTED_CAUSE
from data.domain.words import Reported
from data.feeds.decode import decode_item
from data.feeds.mqtt.entries import as_text
from data.feeds.mqtt.mapping import OWN, MappingTable, Source
from data.feeds.priority import Priority, priority_of

READINGS: Final = f"{OWN}+/reading"
GATEWAYS: Final = f"{OWN}gateways/+/state"
#: Nobody can have us publish anywhere else.
RECEIPTS: Final = f"{OWN}receipts/"
#: How messages on our own topics are called where a source is named.
OWN_NAME: Final = "xintang"
MAX_ITEMS: Final = 1000
MAX_DEVICES: Final = 5000
_READING: Final = re.compile(f"{re.escape(OWN)}([^/]+)/reading")
_GATEWAY: Final = re.compile(f"{re.escape(OWN)}gateways/([^/]+)/state")
_DIGEST: Final = 12
#: States of gateways are taken after everything, so after what was sent before them.
GATEWAY_LANE: Final = len(Priority)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the broker delivered it."""

    topic: str
    payload: bytes
    at: datetime
    mid: int = 0
    qos: int = 1
    #: The user property ``gateway`` of the message.
    gateway: str = ""
    #: Where the sender waits for a receipt, and what it knows the message by.
    reply_to: str = ""
    correlation: bytes = b""

    @property
    def identity(self) -> tuple[int, str, bytes]:
        """What is the same when the broker delivers it again."""
        return self.mid, self.topic, self.payload


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What a gateway, or the broker in its name (its last will), says of its link."""

    name: str
    online: bool
    #: The devices behind it, where it lists them.
    devices: tuple[str, ...] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """What of a message can't be taken."""

    text: str
    reason: Refusal = Refusal.FORMAT

    @classmethod
    def of(cls, error: ValueError, mark: str = "") -> "Fault":
        """Return what an error says."""
        reason = error.reason if isinstance(error, ReadingError) else Refusal.FORMAT
        return cls(f"{mark}{error}", reason)


#: A reading and what of it can't be taken: nothing, a part, or all of it.
Found = tuple[Reading | None, tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, and what of it can't be taken."""

    source: str
    readings: tuple[Reading, ...] = ()
    faults: tuple[Fault, ...] = ()
    gateway: str = ""
    state: GatewayState | None = None

    @property
    def name(self) -> str:
        """By what name its counts are kept: the gateway's, or that of the kind of messages."""
        return self.gateway or self.source

    @property
    def lane(self) -> int:
        """In which queue it waits: by its most urgent reading."""
        if self.state is not None:
            return GATEWAY_LANE
        return min(map(priority_of, self.readings), default=Priority.TELEMETRY)


def translate(letter: Letter, mapping: MappingTable) -> Content:
    """Return what a message says."""
    source = mapping.source_of(letter.topic)
    name = OWN_NAME if source is None else source.name
    try:
        if found := _READING.fullmatch(letter.topic):
            return _own(letter, found[1])
        if found := _GATEWAY.fullmatch(letter.topic):
            return _gateway(letter, found[1])
        if source is not None:
            return _mapped(letter, source)
    except ValueError as error:
        return Content(name, faults=(Fault.of(error),), gateway=_printable(letter))
    return Content(name, faults=(Fault("no source of the mapping has this topic"),))


def parse(payload: bytes) -> Any:
    """Return the JSON of a message.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the message is not JSON: {error}") from None


def stable_id(letter: Letter, index: int, *, dated: bool) -> str:
    """Return the same id for the same message delivered again.

    Its bytes tell one from another where its time is among them. A message that says the same
    every time is known by its packet identifier, which the broker repeats with it.
    """
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for part in (letter.topic.encode(), letter.payload, str(index).encode()):
        digest.update(part + b"\0")
    if dated:
        return f"mqtt-{digest.hexdigest()}"
    mark = f"{letter.mid:x}" if letter.qos else f"{letter.at.timestamp():.3f}"
    return f"mqtt-{digest.hexdigest()}-{mark}"


def is_believable(moment: datetime | None, at: datetime) -> bool:
    """Return whether a device's time can be one of its clock's that is right."""
    if moment is None or moment.tzinfo is None:
        return False
    return at - MAX_AGE <= moment <= at + MAX_AHEAD


def _own(letter: Letter, device_id: str) -> Content:
    item = parse(letter.payload)
    if not isinstance(item, dict):
        raise ReadingError("a reading must be a JSON object")
    if item.get("device_id", device_id) != device_id:
        raise ReadingError(f"device_id {item['device_id']!r} is not the topic's {device_id!r}")
    moment = _rfc3339(item.get("measured_at"))
    item = {"message_id": stable_id(letter, 0, dated=moment is not None), **item}
    # No fire is lost to a broken clock: the time of receipt is the best that there is.
    measured_at = moment if is_believable(moment, letter.at) else letter.at
    item |= {"device_id": device_id, "measured_at": (measured_at or letter.at).isoformat()}
    readings, faults = _taken([_decode(item, letter.at)])
    return Content(OWN_NAME, readings, faults, _printable(letter))


def _decode(item: dict[str, Any], at: datetime) -> Found:
    """Decode an item; where only its values are wrong, what it says of itself is still taken."""
    try:
        return decode_item(item, at), ()
    except ReadingError as error:
        if item.get("status") is None or not item.get("values"):
            return None, (Fault.of(error),)
        bare, still = _decode({**item, "values": {}}, at)
        return bare, still or (Fault.of(error),)


def _taken(found: Iterable[Found]) -> tuple[tuple[Reading, ...], tuple[Fault, ...]]:
    """Return the readings that are believable, and what was wrong with the others."""
    readings, faults = [], []
    for reading, before in found:
        taken, since = (None, ()) if reading is None else _checked(reading)
        if taken is not None:
            readings.append(taken)
        faults += [*before, *since]
    return tuple(readings), tuple(faults)


def _checked(reading: Reading) -> Found:
    """Check a reading; a value that can't be costs only itself."""
    wrong = _wrong(reading)
    if wrong is None:
        return reading, ()
    each = {name: _wrong(replace(reading, values={name: v})) for name, v in reading.values.items()}
    good = {name: value for name, value in reading.values.items() if each[name] is None}
    kept = replace(reading, values=good)
    faults = tuple(Fault.of(error) for error in each.values() if error is not None)
    return (kept if _wrong(kept) is None else None), faults or (Fault.of(wrong),)


def _wrong(reading: Reading) -> ReadingError | None:
    try:
        check_reading(reading)
    except ReadingError as error:
        return error
    return None


def _gateway(letter: Letter, name: str) -> Content:
    if not name.isprintable() or len(name) > MAX_ID_LENGTH:
        raise ValueError(f"a gateway's name must have 1 to {MAX_ID_LENGTH} printable characters")
    if not letter.payload:  # a retained state was deleted: the gateway is no more
        return Content(OWN_NAME, gateway=name)
    said: Any = {"state": letter.payload.decode("utf-8", "replace").strip().strip('"')}
    if letter.payload.lstrip().startswith(b"{"):
        said = parse(letter.payload)
    if said.get("state") not in {"online", "offline"}:
        raise ValueError(f"state must be online or offline, not {said.get('state')!r}")
    devices = said.get("devices")
    if devices is not None and not _is_list_of_ids(devices):
        raise ValueError(f"devices must be a list of at most {MAX_DEVICES} device ids")
    listed = None if devices is None else tuple(sorted(set(devices)))
    state = GatewayState(name, said["state"] == "online", listed, letter.at)
    return Content(OWN_NAME, gateway=name, state=state)


def _is_list_of_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_DEVICES
        and all(isinstance(one, str) and 0 < len(one) <= MAX_ID_LENGTH for one in value)
    )


def _mapped(letter: Letter, source: Source) -> Content:
    message = parse(letter.payload)
    document = {"topic": letter.topic.split("/"), "message": message, "item": message}
    if source.where is not None and not source.where.of(document):
        return Content(source.name, gateway=_printable(letter))
    gateway = as_text(source.gateway.of(document)) if source.gateway else ""
    items = [message] if source.items is None else source.items.of(document)
    several = source.items is not None
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        text = source.items.text if source.items else ""
        raise ValueError(f"{text!r} finds no list of 1 to {MAX_ITEMS} readings")
    found = _each(letter, source, [{**document, "item": item} for item in items], several)
    readings, faults = _taken(found)
    return Content(source.name, readings, faults, _fit(gateway) or _printable(letter))


def _each(
    letter: Letter, source: Source, documents: Iterable[dict[str, Any]], several: bool
) -> Iterator[Found]:
    for index, document in enumerate(documents):
        mark = f"item {index}: " if several else ""
        try:
            device_id = source.device_of(source.device.of(document))
            reading, wrong = _mapped_reading(letter, source, document, index, device_id)
        except ValueError as error:
            yield None, (Fault.of(error, mark),)
        else:
            yield reading, tuple(Fault(f"{mark}{one}") for one in wrong)


def _mapped_reading(
    letter: Letter, source: Source, document: dict[str, Any], index: int, device_id: str
) -> tuple[Reading, list[str]]:
    """Return a reading with what of it could be read, and what could not."""
    moment, wrong_time = _time(source, document)
    values, wrong_values = _values(source, document)
    reported, conditions, wrong_status = _status(source, document)
    if reported is Reported.ALIVE and values:
        reported = None
    reading = Reading(
        device_id=device_id,
        message_id=_message_id(letter, source, document, index, dated=moment is not None),
        measured_at=moment if moment and is_believable(moment, letter.at) else letter.at,
        received_at=letter.at,
        reported=reported,
        values=values,
        conditions=conditions,
    )
    return reading, [*wrong_time, *wrong_values, *wrong_status]


def _message_id(
    letter: Letter, source: Source, document: dict[str, Any], index: int, *, dated: bool
) -> str:
    own = as_text(source.message_id.of(document)) if source.message_id else ""
    if not own:
        return stable_id(letter, index, dated=dated)
    name = f"{source.name}-{own}" if source.items is None else f"{source.name}-{own}-{index}"
    if len(name) <= MAX_ID_LENGTH and name.isprintable():
        return name
    digest = hashlib.blake2b(name.encode(), digest_size=_DIGEST).hexdigest()
    return f"{source.name[: MAX_ID_LENGTH - 2 * _DIGEST - 1]}-{digest}"


def _time(source: Source, document: dict[str, Any]) -> tuple[datetime | None, list[str]]:
    value = None if source.time is None else source.time.at.of(document)
    if source.time is None or value is None:
        return None, []
    try:
        return source.time.read(value), []
    except ValueError as error:
        return None, [str(error)]


def _values(source: Source, document: dict[str, Any]) -> tuple[dict[str, float], list[str]]:
    """Return the values that are numbers; one that is none costs only itself."""
    values, wrong = {}, []
    for name, value in source.values.items():
        found = value.at.of(document)
        if found is None:
            continue
        try:
            values[name] = value.read(found)
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    return values, wrong


def _status(
    source: Source, document: dict[str, Any]
) -> tuple[Reported | None, frozenset[Reported] | None, list[str]]:
    """Return the status; a list of words is everything that the device says of itself."""
    found = None if source.status is None else source.status.at.of(document)
    if source.status is None or found is None:
        return None, None, []
    said, wrong = [], []
    for word in found if isinstance(found, list) else [found]:
        try:
            said.append(source.status.read(word))
        except ValueError as error:
            wrong.append(str(error))
    if not isinstance(found, list):
        return next(iter(said), None), None, wrong
    return None, frozenset(one for one in said if one in REPORTED_CAUSE), wrong


def _rfc3339(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _printable(letter: Letter) -> str:
    return _fit(letter.gateway)


def _fit(name: str) -> str:
    """Return a gateway's name if it can be one."""
    return name if name.isprintable() and len(name) <= MAX_ID_LENGTH else ""
