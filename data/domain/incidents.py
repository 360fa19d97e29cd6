"""Which alarms belong to one incident, and what makes it more believable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from data.domain.words import AlarmKind, DeviceKind

#: Alarms of one building within this time of the last one are one incident.
WINDOW: Final = timedelta(minutes=30)

#: Faults and supervisory signals are work for a maintainer, not incidents.
INCIDENT_KINDS: Final = frozenset({AlarmKind.FIRE, AlarmKind.PREALARM})


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What must be known of an open incident to add an alarm to it."""

    id: int
    kind: AlarmKind
    opened_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """A device that raised an alarm of the incident, and when."""

    device_id: str
    kind: DeviceKind
    raised_at: datetime


def belongs(incident: OpenIncident, raised_at: datetime) -> bool:
    """Return whether an alarm of the same building joins the incident."""
    return incident.opened_at - WINDOW <= raised_at <= incident.last_at + WINDOW


def worse_kind(one: AlarmKind, other: AlarmKind) -> AlarmKind:
    """Return the kind that an incident with both has."""
    return AlarmKind.FIRE if AlarmKind.FIRE in {one, other} else one


def confidence(witnesses: Sequence[Witness]) -> str:
    """Say why several independent devices make an incident more believable.

    Returns
    -------
    str
        ``"smoke+heat/90"``: the device kinds in order and the seconds between the first and the
        last first report; empty for a single device.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> t = datetime(2026, 1, 1, tzinfo=UTC)
    >>> smoke, heat = DeviceKind.SMOKE, DeviceKind.HEAT
    >>> later = t + timedelta(seconds=90)
    >>> confidence([Witness("a", smoke, t), Witness("b", heat, later)])
    'smoke+heat/90'
    """
    first: dict[str, Witness] = {}
    for witness in sorted(witnesses, key=lambda w: w.raised_at):
        first.setdefault(witness.device_id, witness)
    if len(first) < 2:  # noqa: PLR2004 - one device is no second opinion
        return ""
    reports = list(first.values())
    seconds = (reports[-1].raised_at - reports[0].raised_at).total_seconds()
    return "+".join(str(w.kind) for w in reports) + f"/{seconds:.0f}"
