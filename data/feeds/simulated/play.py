"""Plays a scenario: waits, lets its cast do what the timeline says, tells of every step."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

import numpy as np

from data.domain.weeks import SHANGHAI
from data.domain.words import Reported
from data.feeds.fleet import Fleet, Telemetry
from data.feeds.simulated.cast import Cast
from data.feeds.simulated.messages import Message
from data.feeds.simulated.routes import Routes
from data.feeds.simulated.scenario import Cut, Declare, Mend, Press, Report, Scenario, Step
from data.feeds.simulated.town import Town

#: Devices that report over a time do so in so many groups at most.
GROUPS: Final = 20
#: For how long the answers to the last messages are waited for.
SETTLE_S: Final = 60.0


class Audience(Protocol):
    """Who watches a scenario."""

    def waits(self, seconds: float) -> None:
        """Learn that nothing happens for a while, so that silence is noticed."""

    def sees(self, step: Step, devices: Sequence[str]) -> None:
        """Learn of a step before it is done, and of the devices that do it."""


@dataclass(slots=True)
class Stage:
    """What a scenario is played on."""

    town: Town
    fleet: Fleet
    routes: Routes
    seed: int
    speed: float = 1.0
    _index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._index = {device_id: n for n, device_id in enumerate(self.fleet.ids)}

    def slots(self, device_ids: Sequence[str]) -> list[int]:
        """Return where the fleet has these devices."""
        return [self._index[device_id] for device_id in device_ids]


class Player:
    """Plays one scenario once."""

    def __init__(self, scenario: Scenario, cast: Cast, stage: Stage, audience: Audience) -> None:
        self._scenario = scenario
        self._cast = cast
        self._stage = stage
        self._audience = audience
        self._rng = random.Random(stage.seed)  # noqa: S311 - no secret
        rng = np.random.default_rng(stage.seed)
        self._telemetry = Telemetry(stage.fleet, _now(), rng)
        self._silent: frozenset[str] = frozenset()
        self._keepers: frozenset[str] = frozenset()
        self._kept: list[Message] = []

    async def play(self) -> bool:
        """Play it; return whether everything that was sent was answered in the end."""
        await self._stage.routes.connected()
        for step in self._scenario.steps:
            await asyncio.sleep(step.after_s / self._stage.speed)
            devices = self._cast.get(step.who, ())
            if devices and step.intervals:
                silence = step.intervals * self._slowest(devices)
                self._audience.waits(silence)
                await asyncio.sleep(silence)
            self._audience.sees(step, devices)
            if devices:
                await self._do(step, devices)
        return await self._stage.routes.settle(SETTLE_S)

    async def _do(self, step: Step, devices: Sequence[str]) -> None:
        routes = self._stage.routes
        match step.does:
            case Report():
                await self._report(step.does, devices)
            case Press(button=button):
                for device_id in devices:
                    routes.press(device_id, button)
            case Declare(state=state):
                for device_id in devices:
                    routes.declare(device_id, state)
            case Cut(keeps=keeps):
                self._silent |= frozenset(devices)
                self._keepers |= frozenset(devices if keeps else ())
                await routes.cut(devices)
            case Mend():
                await self._mend(devices)

    async def _report(self, report: Report, devices: Sequence[str]) -> None:
        chosen = list(devices)
        self._rng.shuffle(chosen)
        groups = min(len(chosen), GROUPS) if report.over_s else 1
        for number in range(groups):
            if number:
                await asyncio.sleep(report.over_s / groups / self._stage.speed)
            # Without its moments a story is none; the readings of a day may fare as they do.
            vital = report.hour is None
            await self._send(self._messages(report, chosen[number::groups]), vital=vital)

    async def _send(self, messages: list[Message], *, vital: bool) -> None:
        self._kept += [one for one in messages if one["device_id"] in self._keepers]
        speaking = [one for one in messages if one["device_id"] not in self._silent]
        await self._stage.routes.deliver(speaking, vital=vital)

    async def _mend(self, devices: Sequence[str]) -> None:
        back = frozenset(devices)
        await self._stage.routes.mend(back)
        self._silent -= back
        self._keepers -= back
        late = [one for one in self._kept if one["device_id"] in back]
        self._kept = [one for one in self._kept if one["device_id"] not in back]
        self._rng.shuffle(late)
        await self._stage.routes.deliver(late, vital=True)

    def _messages(self, report: Report, device_ids: Sequence[str]) -> list[Message]:
        now = _now()
        as_of = None
        if report.hour is not None:
            as_of = now.astimezone(SHANGHAI).replace(hour=report.hour, minute=0, second=0)
        slots = self._stage.slots(device_ids)
        usual = self._telemetry.messages(slots, now, {}, as_of)
        return [_changed(message, report) for message in usual]

    def _slowest(self, devices: Sequence[str]) -> float:
        members = self._stage.town.members
        return float(max(members[device_id].interval_s for device_id in devices))


def _changed(message: Message, report: Report) -> Message:
    """Return a usual message as the step wants it; a broken device says that it is, whatever."""
    own = {name: value for name, value in report.values.items() if name in message["values"]}
    return {
        **message,
        "status": Reported.FAULT if message["status"] == Reported.FAULT else report.status,
        "values": {**message["values"], **own},
    }


def _now() -> datetime:
    return datetime.now(UTC)
