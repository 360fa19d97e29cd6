"""The status of a device, from what is known about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from data.domain.alarms import Alarm
from data.domain.words import Status, worst

SILENT_INTERVALS = 3


def stale_at(received_at: datetime, interval_s: int) -> datetime:
    """Return when a device that stays silent becomes stale: three of its own intervals."""
    return received_at + timedelta(seconds=SILENT_INTERVALS * interval_s)


def is_silent(received_at: datetime | None, interval_s: int, now: datetime) -> bool:
    """Return whether a device that was heard of has been silent for too long."""
    return received_at is not None and stale_at(received_at, interval_s) <= now


def online_share(by_status: Mapping[Status, int]) -> float | None:
    """Return the share of the devices in service that report, None when none is in service.

    A device out of service is neither online nor silent; the browser's ``kpis.mjs`` counts alike.
    """
    in_service = sum(by_status.values()) - by_status.get(Status.DISABLED, 0)
    if not in_service:
        return None
    return (in_service - by_status.get(Status.STALE, 0)) / in_service


def device_status(open_alarms: Iterable[Alarm], *, stale: bool, disabled: bool) -> Status:
    """Return the worst of a device's open alarms, its silence and its being out of service."""
    own = Status.STALE if stale else Status.NORMAL
    out_of_service = Status.DISABLED if disabled else Status.NORMAL
    return worst([own, out_of_service, *(alarm.status for alarm in open_alarms)])
