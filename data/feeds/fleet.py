"""The devices that the simulator plays, and the messages they send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from data.domain.weeks import SHANGHAI
from data.domain.words import DeviceKind, Reported
from data.feeds.happenings import Happening
from data.feeds.physics import (
    NOISE,
    Array,
    Condition,
    conditions,
    scattered,
    traits,
    usual_values,
)
from data.feeds.simulated.messages import Message, Writer
from data.store.database import Database
from data.store.models import Device, Meta

Ints = NDArray[np.int64]

#: Key of the table ``meta`` under which the demo town keeps its seed.
TOWN_SEED: Final = "demo_seed"

#: Slow drift around the usual value, in multiples of the value's noise, over so many seconds.
DRIFT: Final = 1.6
DRIFT_PERIOD_S: Final = (4 * 3600.0, 9 * 3600.0)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Devices by slot; ``condition`` says who stays silent, ``disabled`` who is out of service."""

    ids: tuple[str, ...]
    kinds: tuple[DeviceKind, ...]
    interval_s: Ints
    disabled: NDArray[np.bool_]
    condition: Ints
    trait: Array

    @property
    def talking(self) -> Ints:
        """Indices of the devices that send messages."""
        silent = self.condition == int(Condition.SILENT)
        return np.flatnonzero(~silent & ~self.disabled)

    @property
    def healthy(self) -> Ints:
        """Indices of the devices to which something may happen."""
        return np.flatnonzero((self.condition == int(Condition.HEALTHY)) & ~self.disabled)


def load_fleet(database: Database, seed: int | None = None) -> Fleet:
    """Read all devices; the same seed gives each device the same character at every start.

    Parameters
    ----------
    seed
        The demo town's own if None, so that its silent and worn devices stay the same ones.
    """
    query = select(Device.id, Device.kind, Device.interval_s, Device.disabled).order_by(Device.slot)
    with database.reading() as session:
        rows = session.execute(query).all()
        town = session.get(Meta, TOWN_SEED)
    if seed is None:
        seed = int(town.value) if town is not None else 0
    ids = tuple(row.id for row in rows)
    kinds = tuple(row.kind for row in rows)
    return Fleet(
        ids,
        kinds,
        np.array([row.interval_s for row in rows], dtype=np.int64),
        np.array([row.disabled for row in rows], dtype=bool),
        conditions(ids, kinds, seed),
        traits(ids, seed),
    )


class Telemetry:
    """Makes the messages of a fleet; every message id is used once, also after a new start."""

    def __init__(self, fleet: Fleet, started: datetime, rng: np.random.Generator) -> None:
        self._fleet = fleet
        self._rng = rng
        self._writer = Writer(started)

    def messages(
        self,
        devices: Sequence[int],
        now: datetime,
        happening: Mapping[int, Happening],
        as_of: datetime | None = None,
    ) -> list[Message]:
        """Return one message of each device, with the values of another time if one is given."""
        values = self._values(devices, as_of or now, happening)
        return [
            self._writer.write(
                self._fleet.ids[device],
                now,
                self._status(device, happening.get(device), now.timestamp()),
                values[device],
            )
            for device in devices
        ]

    def _status(self, device: int, happening: Happening | None, moment: float) -> Reported:
        if self._fleet.condition[device] == int(Condition.BROKEN):
            return Reported.FAULT
        return Reported.NORMAL if happening is None else happening.status_at(moment)

    def _values(
        self, devices: Iterable[int], now: datetime, happening: Mapping[int, Happening]
    ) -> dict[int, dict[str, float]]:
        found: dict[int, dict[str, float]] = {device: {} for device in devices}
        by_kind: dict[DeviceKind, list[int]] = {}
        for device in found:
            if self._fleet.condition[device] != int(Condition.BROKEN):
                by_kind.setdefault(self._fleet.kinds[device], []).append(device)
        for kind, own in by_kind.items():
            for name, column in self._usual(kind, np.array(own), now).items():
                extra = [_extra(happening.get(device), name, now.timestamp()) for device in own]
                sent = scattered(name, column + np.array(extra), self._rng)
                for device, value in zip(own, sent.tolist(), strict=True):
                    found[device][name] = value
        return found

    def _usual(self, kind: DeviceKind, own: Ints, now: datetime) -> dict[str, Array]:
        local = now.astimezone(SHANGHAI)
        hour = np.array([local.hour + local.minute / 60 + local.second / 3600])
        trait = self._fleet.trait[own]
        day = float(local.timetuple().tm_yday)
        usual = usual_values(kind, trait, hour, day, self._fleet.condition[own])
        period = DRIFT_PERIOD_S[0] + trait[:, 0] * (DRIFT_PERIOD_S[1] - DRIFT_PERIOD_S[0])
        phase = 2 * np.pi * (now.timestamp() / period + trait[:, 1])
        return {name: v[:, 0] + DRIFT * NOISE[name] * np.sin(phase) for name, v in usual.items()}


def _extra(happening: Happening | None, name: str, moment: float) -> float:
    return 0.0 if happening is None else happening.added(name, moment)
