"""The status of a device, from what is known about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.domain.alarms import Alarm
from data.domain.words import Status, worst

SILENT_INTERVALS = 3


def stale_at(received_at: datetime, interval_s: int) -> datetime:
    """Return when a device that stays silent becomes stale: three of its own intervals."""
    return received_at + timedelta(seconds=SILENT_INTERVALS * interval_s)


def device_status(open_alarms: Iterable[Alarm], *, stale: bool, disabled: bool) -> Status:
    """Return the worst of a device's open alarms, its silence and its being out of service."""
    own = Status.STALE if stale else Status.NORMAL
    out_of_service = Status.DISABLED if disabled else Status.NORMAL
    return worst([own, out_of_service, *(alarm.status for alarm in open_alarms)])
