"""What the feeds page is answered, as the description of the API says it (``/api/docs``)."""

from typing import Annotated

from pydantic import Field

from callbacks.http.answers import Answer, Count, LetterLine, Ms
from data.domain.words import DeviceKind, Way


class LinkLine(Answer):
    """The connection of a transmitter."""

    up: bool
    peer: str
    since: Ms
    last: Ms
    lag_s: Annotated[float | None, Field(description="receipt − device's time")]
    frames: Count
    denied: Count
    error: str
    error_at: Ms | None


class DutyLine(Answer):
    """The last duty check of a transmitter."""

    asked_by: str
    asked_at: Ms
    answered_at: Ms | None
    operator: int | None
    outcome: str | None


class TransmitterLine(Answer):
    """A registered transmitter; ``link`` is null before its first message and without Redis."""

    address: int
    device: str
    name: str
    building: str | None
    building_name: str | None
    parts: Count
    unregistered: Count
    duty: DutyLine | None
    link: LinkLine | None


class Transmitters(Answer):
    """All of them; ``told`` is when their process spoke last, null without it or Redis."""

    told: Ms | None
    waiting: Count | None
    rows: list[TransmitterLine]


class StrangerLine(Answer):
    """A transmitter that nobody registered."""

    address: int
    first_at: Ms


class Strangers(Answer):
    """How many there are, and the newest."""

    count: Count
    rows: list[StrangerLine]


class PointLine(Answer):
    """A part that nobody registered, with its open alarms and where its transmitter stands."""

    id: int
    transmitter: int
    number: str
    part_type: int | None
    kind: Annotated[DeviceKind, Field(description="what it most likely is")]
    description: str
    state: int | None
    building: str | None
    building_name: str | None
    first_at: Ms | None
    last_at: Ms | None
    alarms: Count


class Points(Answer):
    """How many there are, and those with open alarms first."""

    count: Count
    rows: list[PointLine]


class SourceLine(Answer):
    """What a key, gateway or topic did since Redis began to count."""

    way: Way
    name: str
    received: Count
    accepted: Count
    duplicates: Count
    rejected: Count
    last_at: Ms | None
    lag_s: float | None
    last_error: str
    last_error_at: Ms | None
    connected: Annotated[bool | None, Field(description="null for a way without connections")]


class WaitingLetters(Answer):
    """How many dead letters wait and were lost, and the newest that wait."""

    count: Count
    lost: Count
    rows: list[LetterLine]


class FeedsAnswer(Answer):
    """Everything that the feeds page shows, at one moment; ``sources`` is null without Redis."""

    now: Ms
    transmitters: Transmitters
    strangers: Strangers
    points: Points
    sources: list[SourceLine] | None
    letters: WaitingLetters


class DeviceChoice(Answer):
    """A device that an address may be; ``taken`` is the transmitter where it is registered."""

    id: str
    name: str
    kind: DeviceKind
    location: str
    building_name: str | None
    taken: int | None


class BuildingChoice(Answer):
    """A building in which a transmitter may stand."""

    id: str
    name: str
    address: str


class RegisteredTransmitter(Answer):
    """Which device a transmitter is now."""

    address: int
    device: str


class RegisteredPoint(Answer):
    """Which device a part is now, and how many open alarms stay at its transmitter."""

    point: int
    device: str
    standing: Count
