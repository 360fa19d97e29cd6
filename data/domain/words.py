"""The closed vocabularies of the domain: statuses, kinds, categories, roles.

The integer values of :class:`Status` and the order of :class:`DeviceKind` and
:class:`BuildingCategory` travel on the wire (``docs/live-protocol.md``): append, never reorder.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Final


class Status(IntEnum):
    """Status of a device; a larger value is worse, so the worst of many is their maximum."""

    NORMAL = 0
    DISABLED = 1
    STALE = 2
    FAULT = 3
    PREALARM = 4
    ALARM = 5


def worst(statuses: Iterable[Status]) -> Status:
    """Return the worst status, ``NORMAL`` for none."""
    return max(statuses, default=Status.NORMAL)


class DeviceKind(StrEnum):
    """What a device measures."""

    SMOKE = "smoke"
    GAS = "gas"
    HEAT = "heat"
    PRESSURE = "pressure"
    LEVEL = "level"
    ELECTRICAL = "electrical"
    CAMERA = "camera"
    TRANSMITTER = "transmitter"
    CHARGER = "charger"


class Way(StrEnum):
    """The ways in."""

    HTTP = "http"
    MQTT = "mqtt"
    GB26875 = "gb26875"


class Settled(StrEnum):
    """What an admin did with a message that was set aside."""

    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Platform(StrEnum):
    """The four monitoring platforms of the sub-district's plan."""

    FACILITIES = "facilities"
    ELECTRICAL = "electrical"
    DETECTORS = "detectors"
    VIDEO = "video"


PLATFORM_OF: Final[dict[DeviceKind, Platform]] = {
    DeviceKind.SMOKE: Platform.DETECTORS,
    DeviceKind.GAS: Platform.DETECTORS,
    DeviceKind.HEAT: Platform.FACILITIES,
    DeviceKind.PRESSURE: Platform.FACILITIES,
    DeviceKind.LEVEL: Platform.FACILITIES,
    DeviceKind.TRANSMITTER: Platform.FACILITIES,
    DeviceKind.ELECTRICAL: Platform.ELECTRICAL,
    DeviceKind.CHARGER: Platform.ELECTRICAL,
    DeviceKind.CAMERA: Platform.VIDEO,
}


class BuildingCategory(StrEnum):
    """Category of a monitored building or unit."""

    THREE_IN_ONE = "three_in_one"
    PUBLIC_ASSEMBLY = "public_assembly"
    RENTAL = "rental"
    RESIDENTIAL = "residential"
    SCHOOL = "school"
    MEDICAL = "medical"
    CARE = "care"
    HERITAGE = "heritage"
    BANK = "bank"
    LOGISTICS = "logistics"
    POWER = "power"
    WATER = "water"
    INDUSTRIAL = "industrial"
    WAREHOUSE = "warehouse"
    SMALL_UNIT = "small_unit"


class AlarmKind(StrEnum):
    """What an alarm is about; each asks a person for a different response."""

    FIRE = "fire"
    PREALARM = "prealarm"
    FAULT = "fault"
    SUPERVISORY = "supervisory"


STATUS_OF_ALARM: Final[dict[AlarmKind, Status]] = {
    AlarmKind.FIRE: Status.ALARM,
    AlarmKind.PREALARM: Status.PREALARM,
    AlarmKind.FAULT: Status.FAULT,
    AlarmKind.SUPERVISORY: Status.FAULT,
}


class Verdict(StrEnum):
    """What a person found an alarm or incident to be."""

    REAL = "real"
    FALSE = "false"
    TEST = "test"
    DRILL = "drill"


class Outcome(StrEnum):
    """How an incident ended: a person's verdict, or what no person has decided."""

    REAL = Verdict.REAL.value
    FALSE = Verdict.FALSE.value
    TEST = Verdict.TEST.value
    DRILL = Verdict.DRILL.value
    #: All its alarms returned to normal and were acknowledged, and nobody was sent.
    RECOVERED = "recovered"
    MERGED = "merged"


class FalseCause(StrEnum):
    """What a false alarm came from; the rest is said in its note."""

    COOKING = "cooking"
    STEAM = "steam"
    SMOKING = "smoking"
    INCENSE = "incense"
    FIREWORKS = "fireworks"
    DUST = "dust"
    INSECTS = "insects"
    WORKS = "works"
    WEATHER = "weather"
    DEVICE = "device"
    MISUSE = "misuse"
    OTHER = "other"


class Reported(StrEnum):
    """What a device may say of itself in a message."""

    NORMAL = "normal"
    FIRE = "fire"
    #: Somebody has pressed a manual call point.
    MANUAL = "manual"
    #: A fire whose message also says "test": some devices say so of every fire.
    FIRE_TEST = "fire_test"
    PREALARM = "prealarm"
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    TEST = "test"
    RESTORED = "restored"
    #: It is there and has nothing to say: a heartbeat.
    ALIVE = "alive"


class Role(StrEnum):
    """Role of an account."""

    DUTY = "duty"
    SHIFT_LEAD = "shift_lead"
    LEADER = "leader"
    ADMIN = "admin"
    #: Of the company that looks after the devices.
    MAINTAINER = "maintainer"
    DISPLAY = "display"


class PersonRole(StrEnum):
    """Role of a person to call; persons are known by role, never by name."""

    GRID_OFFICER = "grid_officer"
    RESPONSIBLE = "responsible"
    MICRO_STATION = "micro_station"
    MAINTAINER = "maintainer"
    COMMUNITY = "community"


class FacilityKind(StrEnum):
    """Fire-fighting resources that are drawn on the map but send no messages."""

    HYDRANT = "hydrant"
    MICRO_STATION = "micro_station"
