"""Which alarms belong to one incident, and what makes it more believable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.domain.words import AlarmKind, DeviceKind

#: Alarms of one building within this time of the last one are one incident.
WINDOW: Final = timedelta(minutes=30)

#: Faults and supervisory signals are work for a maintainer, not incidents.
INCIDENT_KINDS: Final = frozenset({AlarmKind.FIRE, AlarmKind.PREALARM})


#: How a manual call point is called in the reason.
MANUAL: Final = "manual"
#: The reason names no more; the timeline has them all.
WITNESSES_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What must be known of an open incident to add an alarm to it."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """A device that raised an alarm of the incident, and when; ``manual``: a person pressed it."""

    device_id: str
    kind: DeviceKind
    raised_at: datetime
    manual: bool = False

    @property
    def word(self) -> str:
        """What it is called in the reason."""
        return MANUAL if self.manual else str(self.kind)


#: Causes of fires that the kind of a device gives away; people find out the others.
_GIVEN_AWAY: Final[Mapping[DeviceKind, str]] = {
    DeviceKind.ELECTRICAL: "electrical",
    DeviceKind.CHARGER: "ebike",
}
UNKNOWN_CAUSE: Final = "unknown"


def fire_cause(kinds: Iterable[DeviceKind]) -> str:
    """Return what the devices that saw a fire say of its cause, the first that says something.

    Examples
    --------
    >>> fire_cause([DeviceKind.SMOKE, DeviceKind.CHARGER]), fire_cause([DeviceKind.SMOKE])
    ('ebike', 'unknown')
    """
    return next((_GIVEN_AWAY[kind] for kind in kinds if kind in _GIVEN_AWAY), UNKNOWN_CAUSE)


def belongs(incident: OpenIncident, raised_at: datetime) -> bool:
    """Return whether an alarm of the same or a touching building joins the incident."""
    return incident.opened_at - WINDOW <= raised_at <= incident.last_at + WINDOW


def worse_kind(one: AlarmKind, other: AlarmKind) -> AlarmKind:
    """Return the kind that an incident with both has."""
    return AlarmKind.FIRE if AlarmKind.FIRE in {one, other} else one


def confidence(witnesses: Sequence[Witness]) -> str:
    """Say why an incident is believable: several independent devices, or a manual call point.

    Returns
    -------
    str
        ``"smoke+heat/90"``: what reported, in order and at most three, and the seconds between the
        first and the last of them; ``"manual"`` for a call point alone; empty for a single sensor.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> t = datetime(2026, 1, 1, tzinfo=UTC)
    >>> smoke, heat = DeviceKind.SMOKE, DeviceKind.HEAT
    >>> later = t + timedelta(seconds=90)
    >>> confidence([Witness("a", smoke, t), Witness("b", heat, later)])
    'smoke+heat/90'
    """
    first: dict[tuple[str, bool], Witness] = {}
    for witness in sorted(witnesses, key=lambda w: w.raised_at):
        first.setdefault((witness.device_id, witness.manual), witness)
    reports = _named(list(first.values()))
    if len(reports) < 2:  # noqa: PLR2004 - one sensor is no second opinion
        return MANUAL if reports and reports[0].manual else ""
    seconds = (reports[-1].raised_at - reports[0].raised_at).total_seconds()
    return "+".join(w.word for w in reports) + f"/{seconds:.0f}"


def goes_on_saying(why: str, last_at: datetime, new: Witness) -> bool:
    """Return whether one more report surely changes nothing in why an incident is believable.

    That is so where the reason names as many as it can, and one that came later than all of them is
    no call point. Thousands of reports of one fire are then not counted anew for each.
    """
    full = why.count("+") == WITNESSES_NAMED - 1
    return full and not new.manual and new.raised_at > last_at


def _named(reports: list[Witness]) -> list[Witness]:
    """Return the first reports, and the first call point though it came later than they."""
    shown, later = reports[:WITNESSES_NAMED], reports[WITNESSES_NAMED:]
    pressed = next((w for w in later if w.manual), None)
    if pressed is None or any(w.manual for w in shown):
        return shown
    return [*shown[:-1], pressed]
