"""A scenario as a person watches it: who plays, what happens, what was sent and confirmed."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.table import Table

from data.domain.weeks import SHANGHAI
from data.feeds.fleet import Fleet, load_fleet
from data.feeds.simulated.cast import Cast, choose, pool_of
from data.feeds.simulated.held import held
from data.feeds.simulated.ledger import Ledger, Way
from data.feeds.simulated.mischief import ALL, Fault, Mischief
from data.feeds.simulated.play import Player, Stage
from data.feeds.simulated.routes import Part, Routes, Where
from data.feeds.simulated.scenario import Scenario, Step
from data.feeds.simulated.scenarios import SCENARIOS
from data.feeds.simulated.town import Town, load_town
from data.settings import Settings
from data.store.database import Database

#: The simulator of the town looks for scenarios twice a second; it must have let go by then.
LET_GO_S: Final = 1.5
#: Devices that a step names.
NAMED: Final = 2
#: A scenario is short: what seldom goes wrong shall be seen in it.
WORSE: Final = 5.0
_WAYS: Final = {Way.GB26875: "GB/T 26875.3", Way.MQTT: "MQTT", Way.HTTP: "HTTP"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a scenario is played: the same seed chooses the same devices and the same faults."""

    speed: float = 1.0
    seed: int | None = None
    faults: frozenset[Fault] = ALL
    worse: float = WORSE


@dataclass(frozen=True, slots=True)
class Played:
    """What was played: by whom, and what became of each message."""

    cast: Cast
    ledger: Ledger
    #: Whether every message had its answer in the end.
    answered: bool

    @property
    def is_whole(self) -> bool:
        """Whether every message was confirmed."""
        totals = (self.ledger.total(way) for way in Way)
        return self.answered and all(total.confirmed == total.messages for total in totals)


async def perform(
    scenario: Scenario,
    settings: Settings,
    where: Where,
    manner: Manner,
    console: Console,
    watch: Callable[[Step, Sequence[str]], None] = lambda _step, _devices: None,
) -> Played:
    """Play a scenario and print its steps; ``watch`` is told each before it is done.

    Raises
    ------
    FeedError
        If the town has no cast for it, another one runs, or the key is refused.
    """
    town, fleet = await asyncio.to_thread(_load, settings.sql_url)
    rng = random.Random(manner.seed)  # noqa: S311 - no secret
    cast = choose(scenario, pool_of(town, fleet), rng)
    players = sorted({device_id for theirs in cast.values() for device_id in theirs})
    mischief = Mischief(manner.faults, rng.randrange(2**32), worse=manner.worse)
    ledger = Ledger()
    with held(settings.data_dir, players):
        await asyncio.sleep(LET_GO_S)
        part = Part.STAND_IN if scenario.cuts else Part.GUEST
        async with Routes(town, where, mischief, players, ledger=ledger, part=part) as routes:
            _introduce(console, scenario, cast, town, routes)
            console.print(f"\n值班台 / Desk  {where.url}/{_query(cast, town)}\n")
            stage = Stage(town, fleet, routes, rng.randrange(2**32), manner.speed)
            answered = await Player(scenario, cast, stage, Narrator(console, town, watch)).play()
    return Played(cast, ledger, answered)


def show_list(console: Console) -> None:
    """Print the scenarios."""
    table = Table("SCENARIO", "场景", "Scenario", "s", title="make simulate SCENARIO=…")
    for one in SCENARIOS.values():
        waits = "+" if any(step.intervals for step in one.steps) else ""
        table.add_row(one.name, one.zh, one.en, f"{one.seconds:.0f}{waits}")
    console.print(table)


def show_totals(console: Console, ledger: Ledger) -> None:
    """Print what was sent and confirmed."""
    table = Table(
        "协议\nProtocol",
        "消息\nMessages",
        "发送次数\nTimes sent",
        "已确认\nConfirmed",
        "拒绝\nRefused",
        "未答复\nUnanswered",
        title="发送与确认 / Sent and confirmed",
    )
    for way, name in _WAYS.items():
        total = ledger.total(way)
        if total.messages:
            numbers = (total.messages, total.sends, total.confirmed, total.refused, total.open)
            table.add_row(name, *map(str, numbers))
    console.print()
    console.print(table)


def _load(database_url: str) -> tuple[Town, Fleet]:
    database = Database(database_url)
    try:
        return load_town(database), load_fleet(database)
    finally:
        database.close()


def _introduce(
    console: Console, scenario: Scenario, cast: Cast, town: Town, routes: Routes
) -> None:
    console.print(f"[bold]{scenario.zh}[/]\n{scenario.en}\n")
    table = Table("角色 / Role", "协议 / Protocol", "设备 / Devices", box=None)
    for role, devices in cast.items():
        ways = sorted({_WAYS[routes.way_of(device_id)] for device_id in devices})
        table.add_row(role, ", ".join(ways), _names(devices, town))
    console.print(table)


def _query(cast: Cast, town: Town) -> str:
    """Return what leads the desk to where it happens, if that is one building."""
    first = next(iter(cast.values()))
    building = town.members[first[0]].building
    return f"?building={building}" if len(first) == 1 and building else ""


def _names(devices: Sequence[str], town: Town) -> str:
    shown = "；".join(_name(device_id, town) for device_id in devices[:NAMED])
    return shown if len(devices) <= NAMED else f"{shown} … {len(devices)}"


def _name(device_id: str, town: Town) -> str:
    member = town.members[device_id]
    house = town.houses.get(member.building or "")
    place = house.name if house else town.communities.get(member.community, "")
    return " ".join(filter(None, (place, member.location, member.name)))


class Narrator:
    """Tells what happens, step by step."""

    def __init__(
        self, console: Console, town: Town, watch: Callable[[Step, Sequence[str]], None]
    ) -> None:
        self._console = console
        self._town = town
        self._watch = watch
        self._begun = time.monotonic()

    def waits(self, seconds: float) -> None:
        """Tell that nothing happens for a while."""
        self._say(
            f"等待 {seconds:.0f} 秒，直到失联 / waits {seconds:.0f} s for silence to be noticed"
        )

    def sees(self, step: Step, devices: Sequence[str]) -> None:
        """Tell of a step."""
        self._say(f"[bold]{step.zh}[/] / {step.en}")
        who = _names(devices, self._town) or "无此角色，略过 / nobody plays it: left out"
        self._console.print(f"                 [dim]{who}[/]")
        self._watch(step, devices)

    def _say(self, text: str) -> None:
        since = time.monotonic() - self._begun
        at = datetime.now(UTC).astimezone(SHANGHAI)
        self._console.print(f"{at:%H:%M:%S} +{since:4.0f} s  {text}")
