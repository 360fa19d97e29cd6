"""What a fire panel and its transmitter say, as records and data units of GB/T 26875.3: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from data.domain.words import DeviceKind
from data.feeds import gb26875 as gb

#: Records that a frame has room for: 1,024 bytes of data, 46 of a part's state, 16 of a value.
STATES_TOGETHER: Final = 22
VALUES_TOGETHER: Final = 63

#: Value → analogue kind and how many of its steps one unit is.
ANALOGUES: Final[Mapping[str, tuple[gb.AnalogueKind, float]]] = {
    "temperature_c": (gb.AnalogueKind.TEMPERATURE, 10),
    "pressure_mpa": (gb.AnalogueKind.PRESSURE_KPA, 10_000),
    "level_m": (gb.AnalogueKind.HEIGHT, 100),
    "gas_lel_pct": (gb.AnalogueKind.GAS, 10),
}
#: 部件类型 of our devices (clause 8.2.1.2): heat 30, water tank 92, pressure switch 99 …
PART_TYPES: Final[Mapping[DeviceKind, int]] = {
    DeviceKind.SMOKE: 40,
    DeviceKind.HEAT: 30,
    DeviceKind.GAS: 10,
    DeviceKind.ELECTRICAL: 16,
    DeviceKind.LEVEL: 92,
    DeviceKind.PRESSURE: 99,
}
FIRE_ALARM: Final = 1
HYDRANT: Final = 11


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a system behind a transmitter, by its number in the panel's list."""

    system_type: int
    system_address: int
    part_type: int
    part_address: int
    text: str = ""

    def state(self, flags: gb.PartFlag, at: datetime) -> gb.PartState:
        """Return what the panel says of the part's state."""
        return gb.PartState(
            self.system_type,
            self.system_address,
            self.part_type,
            self.part_address,
            flags,
            gb.Description.of(self.text),
            gb.Moment.of(at),
        )

    def analogues(self, values: Mapping[str, float], at: datetime) -> list[gb.Analogue]:
        """Return the values that the protocol has a kind for."""
        moment = gb.Moment.of(at)
        return [
            gb.Analogue(
                self.system_type,
                self.system_address,
                self.part_type,
                self.part_address,
                kind,
                round(values[name] * steps),
                moment,
            )
            for name, (kind, steps) in ANALOGUES.items()
            if name in values
        ]


def state_units(states: Iterable[gb.PartState]) -> list[gb.Unit]:
    """Return data units with the states of parts, as many together as have room."""
    return _units(gb.Kind.PART_STATE, list(states), STATES_TOGETHER)


def value_units(values: Iterable[gb.Analogue]) -> list[gb.Unit]:
    """Return data units with values of parts, as many together as have room."""
    return _units(gb.Kind.ANALOGUE, list(values), VALUES_TOGETHER)


def operation(flag: gb.OperationFlag, operator: int, at: datetime) -> gb.Unit:
    """Return what somebody pressed at the fire panel."""
    record = gb.Operation(FIRE_ALARM, 1, flag, operator, gb.Moment.of(at))
    return gb.Unit(gb.Kind.OPERATION, (record,))


def pressed(flag: gb.OperationFlag, operator: int, at: datetime) -> gb.Unit:
    """Return what somebody pressed at the transmitter itself."""
    record = gb.TransmitterOperation(flag, operator, gb.Moment.of(at))
    return gb.Unit(gb.Kind.TRANSMITTER_OPERATION, (record,))


def own_state(flags: gb.TransmitterFlag, at: datetime) -> gb.Unit:
    """Return what a transmitter says of itself."""
    return gb.Unit(gb.Kind.TRANSMITTER_STATE, (gb.TransmitterState(flags, gb.Moment.of(at)),))


def _units(kind: gb.Kind, records: list[gb.Record], together: int) -> list[gb.Unit]:
    return [
        gb.Unit(kind, tuple(records[at : at + together])) for at in range(0, len(records), together)
    ]
