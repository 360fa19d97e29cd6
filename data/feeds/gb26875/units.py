"""应用数据单元 ↔ bytes (clauses 7 and 8): type, number of objects, the objects one by one."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import astuple, fields
from typing import Any, Final, Protocol

from data.feeds.gb26875 import objects as o
from data.feeds.gb26875.errors import ContentError
from data.feeds.gb26875.fields import Description, Moment
from data.feeds.gb26875.objects import Unit
from data.feeds.gb26875.words import (
    Kind,
    OperationFlag,
    PartFlag,
    SystemFlag,
    TransmitterFlag,
)

FIRST_OWN: Final = 128
LAST_OWN: Final = 254
MAX_OBJECTS: Final = 255
_PREFIX: Final = 2

Wrap = Callable[[Any], Any]


class _Layout(Protocol):
    """How the record of one type lies in bytes."""

    def unpack(self, data: bytes, at: int) -> tuple[o.Record, int]:
        """Return the record at a place and where the next one begins."""

    def pack(self, record: Any) -> bytes:
        """Return the bytes of a record."""


class _Fixed:
    """A record of always the same length; fields in the order of the standard."""

    def __init__(self, record: Callable[..., o.Record], layout: str, **wraps: Wrap) -> None:
        self.record = record
        self._struct = struct.Struct(f"<{layout}")
        names = [field.name for field in fields(record)]  # type: ignore[arg-type]
        self._wraps = [wraps.get(name, int) for name in names]
        self._names = names

    def unpack(self, data: bytes, at: int) -> tuple[o.Record, int]:
        """Return the record at a place and where the next one begins."""
        values = self._struct.unpack_from(data, at)
        wrapped = (wrap(value) for wrap, value in zip(self._wraps, values, strict=True))
        return self.record(*wrapped), at + self._struct.size

    def pack(self, record: Any) -> bytes:
        """Return the bytes of a record."""
        return self._struct.pack(*(_plain(getattr(record, name)) for name in self._names))


class _Counted:
    """A record that ends with a text of its own length: some bytes, a length, the text."""

    def __init__(self, record: Callable[..., o.Record], before: int) -> None:
        self.record = record
        self._before = before

    def unpack(self, data: bytes, at: int) -> tuple[o.Record, int]:
        """Return the record at a place and where the next one begins."""
        begin = at + self._before + 1
        if begin > len(data):
            raise ContentError("the data ends before the length of a text")
        end = begin + data[begin - 1]
        if end > len(data):
            raise ContentError("the data ends before the end of a text")
        return self.record(*data[at : begin - 1], data[begin:end]), end

    def pack(self, record: Any) -> bytes:
        """Return the bytes of a record."""
        *before, text = astuple(record)
        return bytes((*before, len(text), *text))


def _plain(value: Any) -> int | bytes:
    return bytes(value) if isinstance(value, Moment | Description) else int(value)


_AT: Final[Mapping[str, Wrap]] = {"at": Moment}
_PART: Final[Mapping[str, Wrap]] = {"description": Description}
_OPERATION: Final[Mapping[str, Wrap]] = {"operation": OperationFlag, **_AT}
_SINCE: Final[Mapping[str, Wrap]] = {"since": Moment}

_OF_SYSTEM: Final = _Fixed(o.OfSystem, "BB")
_OF_PART: Final = _Fixed(o.OfPart, "BBI")
_PLAIN: Final = _Fixed(o.Plain, "B")

LAYOUTS: Final[Mapping[int, _Layout]] = {
    Kind.SYSTEM_STATE: _Fixed(o.SystemState, "BBH6s", state=SystemFlag, **_AT),
    Kind.PART_STATE: _Fixed(o.PartState, "BBBIH31s6s", state=PartFlag, **_PART, **_AT),
    Kind.ANALOGUE: _Fixed(o.Analogue, "BBBIBh6s", **_AT),
    Kind.OPERATION: _Fixed(o.Operation, "BBBB6s", **_OPERATION),
    Kind.SYSTEM_VERSION: _Fixed(o.SystemVersion, "BBBB"),
    Kind.SYSTEM_CONFIGURATION: _Counted(o.SystemConfiguration, 2),
    Kind.PART_CONFIGURATION: _Fixed(o.PartConfiguration, "BBBI31s", **_PART),
    Kind.SYSTEM_TIME: _Fixed(o.SystemTime, "BB6s", **_AT),
    Kind.TRANSMITTER_STATE: _Fixed(o.TransmitterState, "B6s", state=TransmitterFlag, **_AT),
    Kind.TRANSMITTER_OPERATION: _Fixed(o.TransmitterOperation, "BB6s", **_OPERATION),
    Kind.TRANSMITTER_VERSION: _Fixed(o.TransmitterVersion, "BB"),
    Kind.TRANSMITTER_CONFIGURATION: _Counted(o.TransmitterConfiguration, 0),
    Kind.TRANSMITTER_TIME: _Fixed(o.TransmitterTime, "6s", **_AT),
    Kind.READ_SYSTEM_STATE: _OF_SYSTEM,
    Kind.READ_PART_STATE: _OF_PART,
    Kind.READ_ANALOGUE: _OF_PART,
    Kind.READ_OPERATIONS: _Fixed(o.OperationsOfSystem, "BBB6s", **_SINCE),
    Kind.READ_SYSTEM_VERSION: _OF_SYSTEM,
    Kind.READ_SYSTEM_CONFIGURATION: _OF_SYSTEM,
    Kind.READ_PART_CONFIGURATION: _OF_PART,
    Kind.READ_SYSTEM_TIME: _OF_SYSTEM,
    Kind.READ_TRANSMITTER_STATE: _PLAIN,
    Kind.READ_TRANSMITTER_OPERATIONS: _Fixed(o.OperationsOfTransmitter, "B6s", **_SINCE),
    Kind.READ_TRANSMITTER_VERSION: _PLAIN,
    Kind.READ_TRANSMITTER_CONFIGURATION: _PLAIN,
    Kind.READ_TRANSMITTER_TIME: _PLAIN,
    Kind.INITIALISE: _PLAIN,
    Kind.SET_CLOCK: _Fixed(o.TransmitterTime, "6s", **_AT),
    Kind.DUTY_CHECK: _Fixed(o.DutyCheck, "B"),
}


def parse_unit(data: bytes) -> Unit | None:
    """Return the data unit of a frame; None if it has none (a heartbeat, a confirmation).

    Raises
    ------
    ContentError
        If the type is none of the standard's nor a user's, or the data does not end where its
        last object does.
    """
    if not data:
        return None
    if len(data) < _PREFIX:
        raise ContentError("a data unit has a type and a number of objects")
    kind, count = data[0], data[1]
    if FIRST_OWN <= kind <= LAST_OWN:
        return Unit(kind, (o.Own(kind, count, data[_PREFIX:]),))
    layout = LAYOUTS.get(kind)
    if layout is None:
        raise ContentError(f"the type {kind} is reserved")
    return Unit(kind, _objects(layout, data, count))


def _objects(layout: _Layout, data: bytes, count: int) -> tuple[o.Record, ...]:
    found, at = [], _PREFIX
    for _ in range(count):
        try:
            record, at = layout.unpack(data, at)
        except struct.error:
            raise ContentError(f"{len(data)} bytes are too few for {count} objects") from None
        found.append(record)
    if at != len(data):
        raise ContentError(f"{len(data) - at} bytes after the last of {count} objects")
    return tuple(found)


def build_unit(unit: Unit) -> bytes:
    """Return the bytes of a data unit.

    Raises
    ------
    ContentError
        If its objects are not of its type, too many, or a number has no room.
    """
    if len(unit.objects) > MAX_OBJECTS:
        raise ContentError(f"a data unit has at most {MAX_OBJECTS} objects")
    try:
        if FIRST_OWN <= unit.kind <= LAST_OWN:
            (own,) = unit.objects
            return bytes((unit.kind, own.count)) + own.raw  # type: ignore[union-attr]
        layout = LAYOUTS[unit.kind]
        body = b"".join(layout.pack(record) for record in unit.objects)
        return bytes((unit.kind, len(unit.objects))) + body
    except (struct.error, KeyError, AttributeError, ValueError, TypeError) as error:
        raise ContentError(f"no bytes for this data unit: {error!r}") from None
