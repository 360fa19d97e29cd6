"""Registering what speaks and was not known: which device an address is, or a new one for it."""

from dataclasses import dataclass
from typing import Final

from data.domain.errors import MisfitError
from data.domain.words import DeviceKind

#: Part types of GB/T 26875.3 (clause 8.2.1.2) that say what the device measures; others are smoke
#: detectors more often than anything else.
_KINDS: Final = {
    DeviceKind.GAS: range(10, 16),
    DeviceKind.ELECTRICAL: range(16, 21),
    DeviceKind.HEAT: range(30, 40),
    DeviceKind.SMOKE: range(40, 50),
}
#: Seconds between signs of life: a transmitter's heartbeats; a part's, for which its link vouches.
TRANSMITTER_INTERVAL_S: Final = 60
PART_INTERVAL_S: Final = 300


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that is made for an address; a part's stands in the building of its transmitter."""

    kind: DeviceKind
    name: str
    location: str = ""
    building_id: str | None = None


def kind_of_part(part_type: int | None) -> DeviceKind:
    """Return what kind of device a part of this type most likely is.

    Examples
    --------
    >>> str(kind_of_part(31)), str(kind_of_part(None))
    ('heat', 'smoke')
    """
    found = (kind for kind, types in _KINDS.items() if part_type in types)
    return next(found, DeviceKind.SMOKE)


def check_transmitter(device_id: str, kind: DeviceKind, taken: int | None) -> None:
    """Say whether a device may be a transmitter.

    Raises
    ------
    MisfitError
        If it is no transmitter, or is another one already.
    """
    if kind is not DeviceKind.TRANSMITTER:
        raise MisfitError(f"device {device_id} is a {kind}, not a transmitter")
    if taken is not None:
        raise MisfitError(f"device {device_id} is transmitter {taken} already")


def check_part(device_id: str, kind: DeviceKind) -> None:
    """Say whether a device may be a part behind a transmitter; it may be several.

    Raises
    ------
    MisfitError
        If it is a transmitter itself.
    """
    if kind is DeviceKind.TRANSMITTER:
        raise MisfitError(f"device {device_id} is a transmitter and can't be a part")
