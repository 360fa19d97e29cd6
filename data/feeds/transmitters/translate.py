"""What a frame of GB/T 26875.3 says, in the words of the domain: pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import singledispatch
from typing import Any, Final

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.priority import Priority

#: Part address of a system as a whole.
WHOLE_SYSTEM: Final = -1
#: What a step of an analogue kind is in our units; other kinds have no value of ours.
VALUES: Final[Mapping[int, tuple[str, float]]] = {
    gb.AnalogueKind.HEIGHT: ("level_m", 0.01),
    gb.AnalogueKind.TEMPERATURE: ("temperature_c", 0.1),
    gb.AnalogueKind.PRESSURE_MPA: ("pressure_mpa", 0.1),
    gb.AnalogueKind.PRESSURE_KPA: ("pressure_mpa", 0.0001),
    gb.AnalogueKind.GAS: ("gas_lel_pct", 0.1),
}
#: 0.1 A of a residual current.
RESIDUAL: Final = ("residual_current_ma", 100.0)
_FAULTS_OF_SYSTEM: Final = (
    gb.SystemFlag.FAULT
    | gb.SystemFlag.MAINS_FAULT
    | gb.SystemFlag.BATTERY_FAULT
    | gb.SystemFlag.BUS_FAULT
)
_FAULTS_OF_PART: Final = gb.PartFlag.FAULT | gb.PartFlag.POWER_FAULT
_FAULTS_OF_TRANSMITTER: Final = (
    gb.TransmitterFlag.FAULT
    | gb.TransmitterFlag.MAINS_FAULT
    | gb.TransmitterFlag.BATTERY_FAULT
    | gb.TransmitterFlag.LINK_FAULT
    | gb.TransmitterFlag.WIRING_FAULT
)
#: Kind of the event by which a duty check is answered.
DUTY_ANSWER: Final = "duty_answer"
_FIRES: Final = frozenset({Reported.FIRE, Reported.FIRE_TEST, Reported.MANUAL})
_DIGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a system, or the whole system."""

    system_type: int
    system_address: int
    part_address: int = WHOLE_SYSTEM


@dataclass(frozen=True, slots=True)
class Said:
    """What one object says of a place; of the transmitter itself if ``place`` is None."""

    place: Place | None
    at: datetime | None
    identity: str = ""
    conditions: frozenset[Reported] | None = None
    reported: Reported | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    part_type: int | None = None
    description: str = ""
    #: The bits as they came, for a part that nobody has registered yet.
    state: int | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What one object says that is neither a reading nor a state: kept as an event."""

    kind: str
    at: datetime | None
    detail: Mapping[str, Any]
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Everything that one frame says."""

    source: int
    serial: int
    sent_at: datetime | None
    said: tuple[Said, ...] = ()
    noted: tuple[Noted, ...] = ()

    @property
    def priority(self) -> Priority:
        """How urgent the most urgent of it is."""
        conditions = {one for said in self.said for one in said.conditions or ()}
        if conditions & _FIRES or any(said.reported in _FIRES for said in self.said):
            return Priority.FIRE
        return Priority.FAULT if conditions else Priority.TELEMETRY


def translate(frame: gb.Frame) -> Message:
    """Return what a frame of a transmitter says; a heartbeat says nothing.

    Raises
    ------
    gb26875.ContentError
        If its data is no data unit, or of a type that only the centre sends.
    """
    unit = gb.parse_unit(frame.data)
    message = Message(frame.source, frame.serial, frame.at.utc)
    if unit is None:
        return message
    if unit.kind > gb.Kind.TRANSMITTER_TIME:
        raise gb.ContentError(f"a transmitter does not send the type {unit.kind}")
    told = [one for record in unit.objects for one in _told(unit.kind, record)]
    return Message(
        message.source,
        message.serial,
        message.sent_at,
        tuple(one for one in told if isinstance(one, Said)),
        tuple(one for one in told if isinstance(one, Noted)),
    )


def _told(kind: int, record: Any) -> Iterator[Said | Noted]:
    """Yield what one object says, each with an identity that a repetition shares."""
    raw = gb.build_unit(gb.Unit(kind, (record,)))
    for number, one in enumerate(_read(record)):
        digest = hashlib.blake2b(raw + bytes((number,)), digest_size=_DIGEST).hexdigest()
        yield replace(one, identity=digest)


@singledispatch
def _read(record: Any) -> tuple[Said | Noted, ...]:
    raise gb.ContentError(f"a transmitter does not send a {type(record).__name__}")


@_read.register
def _(record: gb.PartState) -> tuple[Said | Noted, ...]:
    return (
        Said(
            Place(record.system_type, record.system_address, record.part_address),
            record.at.utc,
            conditions=frozenset(_conditions_of_part(record)),
            part_type=record.part_type,
            description=record.description.text,
            state=int(record.state),
        ),
    )


def _conditions_of_part(record: gb.PartState) -> Iterator[Reported]:
    if gb.PartFlag.FIRE in record.state:
        if record.part_type == gb.MANUAL_CALL_POINT:
            yield Reported.MANUAL
        elif gb.PartFlag.NORMAL in record.state:
            yield Reported.FIRE
        else:
            yield Reported.FIRE_TEST
    if record.state & _FAULTS_OF_PART:
        yield Reported.FAULT
    if gb.PartFlag.SUPERVISORY in record.state:
        yield Reported.SUPERVISORY


@_read.register
def _(record: gb.SystemState) -> tuple[Said | Noted, ...]:
    conditions = set()
    if gb.SystemFlag.FIRE in record.state:
        tested = gb.SystemFlag.NORMAL not in record.state
        conditions.add(Reported.FIRE_TEST if tested else Reported.FIRE)
    if record.state & _FAULTS_OF_SYSTEM:
        conditions.add(Reported.FAULT)
    if gb.SystemFlag.SUPERVISORY in record.state:
        conditions.add(Reported.SUPERVISORY)
    place = Place(record.system_type, record.system_address)
    state = int(record.state)
    return (Said(place, record.at.utc, conditions=frozenset(conditions), state=state),)


@_read.register
def _(record: gb.Analogue) -> tuple[Said | Noted, ...]:
    name, step = VALUES.get(record.kind, ("", 0.0))
    if record.kind == gb.AnalogueKind.CURRENT and record.part_type == gb.RESIDUAL_CURRENT:
        name, step = RESIDUAL
    place = Place(record.system_type, record.system_address, record.part_address)
    values = {name: round(record.value * step, 4)} if name else {}
    return (Said(place, record.at.utc, values=values, part_type=record.part_type),)


@_read.register
def _(record: gb.PartConfiguration) -> tuple[Said | Noted, ...]:
    place = Place(record.system_type, record.system_address, record.part_address)
    return (Said(place, None, part_type=record.part_type, description=record.description.text),)


@_read.register
def _(record: gb.TransmitterState) -> tuple[Said | Noted, ...]:
    conditions = set()
    if gb.TransmitterFlag.FIRE in record.state:
        conditions.add(Reported.FIRE)
    if record.state & _FAULTS_OF_TRANSMITTER:
        conditions.add(Reported.FAULT)
    said = Said(None, record.at.utc, conditions=frozenset(conditions))
    return (said, Noted("state", record.at.utc, {"state": int(record.state)}))


@_read.register
def _(record: gb.Operation) -> tuple[Said | Noted, ...]:
    system = {"system_type": record.system_type, "system_address": record.system_address}
    place = Place(record.system_type, record.system_address)
    return (
        Noted(
            "operation",
            record.at.utc,
            {"operation": int(record.operation), "operator": record.operator, **system},
        ),
        *_of_operation(record.operation, place, record.at.utc),
    )


@_read.register
def _(record: gb.TransmitterOperation) -> tuple[Said | Noted, ...]:
    answered = gb.OperationFlag.ANSWERED in record.operation
    return (
        Noted(
            DUTY_ANSWER if answered else "operation",
            record.at.utc,
            {"operation": int(record.operation), "operator": record.operator},
        ),
        *_of_operation(record.operation, None, record.at.utc),
    )


def _of_operation(
    operation: gb.OperationFlag, place: Place | None, at: datetime | None
) -> tuple[Said, ...]:
    """Take a pressed alarm button for a fire, its cancelling for recovery, which closes no fire."""
    if gb.OperationFlag.MANUAL_ALARM in operation:
        return (Said(place, at, reported=Reported.MANUAL),)
    if gb.OperationFlag.FIRE_CANCELLED in operation:
        return (Said(place, at, reported=Reported.RESTORED),)
    return ()


@_read.register
def _(record: gb.SystemVersion) -> tuple[Said | Noted, ...]:
    system = {"system_type": record.system_type, "system_address": record.system_address}
    return (Noted("version", None, {"version": f"{record.main}.{record.minor}", **system}),)


@_read.register
def _(record: gb.TransmitterVersion) -> tuple[Said | Noted, ...]:
    return (Noted("version", None, {"version": f"{record.main}.{record.minor}"}),)


@_read.register
def _(record: gb.SystemConfiguration) -> tuple[Said | Noted, ...]:
    system = {"system_type": record.system_type, "system_address": record.system_address}
    return (Noted("configuration", None, {"text": record.text, **system}),)


@_read.register
def _(record: gb.TransmitterConfiguration) -> tuple[Said | Noted, ...]:
    return (Noted("configuration", None, {"text": record.text}),)


@_read.register
def _(record: gb.SystemTime) -> tuple[Said | Noted, ...]:
    system = {"system_type": record.system_type, "system_address": record.system_address}
    return (Noted("time", record.at.utc, system),)


@_read.register
def _(record: gb.TransmitterTime) -> tuple[Said | Noted, ...]:
    return (Noted("time", record.at.utc, {}),)
