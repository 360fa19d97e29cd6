"""Messages of devices, in the words of ``POST /api/v1/readings``; MQTT has the same."""

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.domain.words import Reported

Message = dict[str, Any]


class Writer:
    """Writes messages; every message id is used once, also after a new start."""

    def __init__(self, started: datetime) -> None:
        self._epoch = f"{int(started.timestamp() * 1000):x}"
        self._counter = itertools.count()

    def write(
        self, device_id: str, at: datetime, status: Reported, values: Mapping[str, float]
    ) -> Message:
        """Return a message of a device."""
        return {
            "device_id": device_id,
            "message_id": f"{self._epoch}-{device_id}-{next(self._counter):x}",
            "measured_at": at.isoformat(timespec="milliseconds"),
            "status": str(status),
            "values": dict(values),
        }
