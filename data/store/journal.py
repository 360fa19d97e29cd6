"""Lines of the histories that one transaction of the pipeline writes, kept to be written together.

One statement for many lines; what others add to the session meanwhile is written before them, so
that the order of the ids is that in which things happened.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.domain.alarms import DEVICE
from data.store.models import AlarmHistory, IncidentHistory, StatusChange
from data.store.prepared import Prepared


def _lines(model: Any, *names: str) -> Prepared:
    return Prepared(lambda insert: insert(model.__table__), names)


_ALARM: Final = _lines(AlarmHistory, "alarm_id", "at", "action", "actor", "reason")
_INCIDENT: Final = _lines(IncidentHistory, "incident_id", "at", "action", "actor", "detail")
_STATUS: Final = _lines(StatusChange, "device_id", "at", "measured_at", "before", "after", "reason")


class Journal:
    """The lines of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lines: dict[Prepared, list[tuple[Any, ...]]] = {
            _ALARM: [],
            _INCIDENT: [],
            _STATUS: [],
        }

    def alarm(self, alarm_id: int, action: str, at: datetime) -> None:
        """Note what a device did to an alarm."""
        self._lines[_ALARM].append((alarm_id, at, str(action), DEVICE, ""))

    def incident(self, incident_id: int, action: str, at: datetime, detail: str = "") -> None:
        """Note what a device did to an incident."""
        self._lines[_INCIDENT].append((incident_id, at, action, DEVICE, detail))

    def status(self, line: Mapping[str, Any]) -> None:
        """Note a change of a device's status (:func:`data.store.intake.change_of`)."""
        self._lines[_STATUS].append(tuple(line.values()))

    def write(self) -> None:
        """Write what is noted so far."""
        self._session.flush()
        for statement, lines in self._lines.items():
            statement.many(self._session, lines)
            lines.clear()
