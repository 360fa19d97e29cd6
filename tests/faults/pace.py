"""How much a sender has to say by now, at so many alarms and readings a second."""

import time
from dataclasses import dataclass, field
from typing import Final

#: Whoever was held up for longer does not make up for all of it.
MADE_UP_S: Final = 1.0


@dataclass
class Pace:
    """Counts what is due from one look to the next."""

    alarms_s: float
    readings_s: float
    _before: float = field(default_factory=time.monotonic)
    _alarms: float = 0.0
    _readings: float = 0.0

    def due(self, *, held: bool = False) -> tuple[int, int]:
        """Return how many alarms and readings are due; while it is held nothing becomes due."""
        now = time.monotonic()
        passed, self._before = min(now - self._before, MADE_UP_S), now
        if held:
            return 0, 0
        self._alarms += passed * self.alarms_s
        self._readings += passed * self.readings_s
        due = int(self._alarms), int(self._readings)
        self._alarms %= 1
        self._readings %= 1
        return due
