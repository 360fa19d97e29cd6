"""``python -m data.feeds.simulated SCENARIO``: plays a scenario against a running application."""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console
from rich.table import Table

from data.domain.weeks import SHANGHAI
from data.errors import StartError
from data.feeds.fleet import Fleet, load_fleet
from data.feeds.simulated.cast import Cast, choose
from data.feeds.simulated.held import held
from data.feeds.simulated.http import FeedError
from data.feeds.simulated.ledger import Ledger, Way
from data.feeds.simulated.mischief import Fault, Mischief, parse_faults
from data.feeds.simulated.play import Player, Stage
from data.feeds.simulated.routes import Routes, Where
from data.feeds.simulated.scenario import Scenario, Step
from data.feeds.simulated.scenarios import SCENARIOS
from data.feeds.simulated.town import Town, load_town
from data.feeds.simulated.where import where_is
from data.settings import Settings, load_settings
from data.store.database import Database

#: The simulator of the town looks for scenarios at every tick; it must have let go by then.
LET_GO_S: Final = 1.5
#: Devices that a step names.
NAMED: Final = 3
WORSE: Final = 5.0
_WAYS: Final = {Way.GB26875: "GB/T 26875.3", Way.MQTT: "MQTT", Way.HTTP: "HTTP"}

console = Console(highlight=False)


def main(
    scenario: Annotated[str, typer.Argument(help="a name, or: list")] = "list",
    speed: Annotated[float, typer.Option(min=0.1, help="times as fast as written")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="chooses the same devices and faults")] = None,
    faults: Annotated[str, typer.Option(help=f"all, none or of: {', '.join(Fault)}")] = "all",
    url: Annotated[str, typer.Option(help="address of the application")] = "",
    key: Annotated[str, typer.Option(help="its key for devices")] = "",
) -> None:
    """播放一个演示场景 / Play a scenario against a running application (make run)."""
    if scenario == "list":
        show_list()
        return
    try:
        settings = load_settings(os.environ)
        where = where_is(settings, url, key)
        chosen = _known(scenario)
        _check(where)
        mischief = Mischief(parse_faults(faults), seed or 0, worse=WORSE)
        done = asyncio.run(_run(chosen, settings, where, mischief, speed, seed))
    except (FeedError, StartError, ValueError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(0 if done else 1)


def show_list() -> None:
    """Print the scenarios."""
    table = Table("SCENARIO", "场景", "Scenario", "s", title="make simulate SCENARIO=…")
    for one in SCENARIOS.values():
        waits = "+" if any(step.intervals for step in one.steps) else ""
        table.add_row(one.name, one.zh, one.en, f"{one.seconds:.0f}{waits}")
    console.print(table)


async def _run(
    scenario: Scenario,
    settings: Settings,
    where: Where,
    mischief: Mischief,
    speed: float,
    seed: int | None,
) -> bool:
    town, fleet = await asyncio.to_thread(_load, settings)
    rng = random.Random(seed)  # noqa: S311 - no secret
    cast = choose(scenario, town, [fleet.ids[slot] for slot in fleet.healthy], rng)
    players = sorted({device_id for theirs in cast.values() for device_id in theirs})
    ledger = Ledger()
    with held(settings.data_dir, players):
        await asyncio.sleep(LET_GO_S)
        async with Routes(town, where, mischief, players, ledger=ledger, name="scene") as routes:
            _introduce(scenario, cast, town, where, routes)
            stage = Stage(town, fleet, routes, rng.randrange(2**32), speed)
            answered = await Player(scenario, cast, stage, _teller(town)).play()
    return _account(ledger) and answered


def _load(settings: Settings) -> tuple[Town, Fleet]:
    database = Database(settings.sql_url)
    try:
        return load_town(database), load_fleet(database)
    finally:
        database.close()


def _known(name: str) -> Scenario:
    if name not in SCENARIOS:
        names = ", ".join(SCENARIOS)
        raise FeedError(f"没有场景 {name}，可选：{names}。/ There is no scenario {name}: {names}.")
    return SCENARIOS[name]


def _check(where: Where) -> None:
    """See that the application runs and there is a key to send with."""
    try:
        ready = httpx.get(f"{where.url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        ready = False
    if not ready:
        raise FeedError(
            f"{where.url} 没有应答，请先执行 make run。/ {where.url} does not answer: make run."
        )
    if not where.key:
        raise FeedError("缺少设备密钥，请用 --key 指定。/ The devices' key is missing: give --key.")


def _introduce(scenario: Scenario, cast: Cast, town: Town, where: Where, routes: Routes) -> None:
    console.print(f"[bold]{scenario.zh}[/]\n{scenario.en}\n")
    table = Table("角色 / Role", "协议 / Protocol", "设备 / Devices", box=None)
    for role, devices in cast.items():
        ways = sorted({_WAYS[routes.way_of(device_id)] for device_id in devices})
        table.add_row(role, ", ".join(ways), _names(devices, town))
    console.print(table)
    first = town.members[next(iter(cast.values()))[0]]
    query = f"?building={first.building}" if len(cast) > 1 and first.building else ""
    console.print(f"\n值班台 / Desk  {where.url}/{query}\n")


def _names(devices: Sequence[str], town: Town) -> str:
    def name(device_id: str) -> str:
        member = town.members[device_id]
        house = town.houses.get(member.building or "")
        return f"{house.name + ' ' if house else ''}{member.location or member.name}"

    shown = "；".join(name(device_id) for device_id in devices[:NAMED])
    return shown if len(devices) <= NAMED else f"{shown}；… {len(devices)}"


def _teller(town: Town):  # noqa: ANN202
    begun = time.monotonic()

    def tell(step: Step, devices: Sequence[str]) -> None:
        since = time.monotonic() - begun
        at = datetime.now(SHANGHAI).strftime("%H:%M:%S")
        who = _names(devices, town) if devices else "（无此角色，略过 / nobody plays it: left out）"
        console.print(f"{at} +{since:4.0f} s  [bold]{step.zh}[/] / {step.en}")
        console.print(f"                   [dim]{who}[/]")

    return tell


def _account(ledger: Ledger) -> bool:
    """Print what was sent and confirmed; return whether nothing is missing."""
    table = Table(
        "协议 / Protocol",
        "消息 / Messages",
        "发送次数 / Sent",
        "已确认 / Confirmed",
        "拒绝 / Refused",
        "未答复 / Open",
        title="发送与确认 / Sent and confirmed",
    )
    totals = {way: ledger.total(way) for way in _WAYS}
    for way, total in totals.items():
        if total.messages:
            numbers = (total.messages, total.sends, total.confirmed, total.refused, total.open)
            table.add_row(_WAYS[way], *map(str, numbers))
    console.print()
    console.print(table)
    return all(total.confirmed == total.messages for total in totals.values())


if __name__ == "__main__":
    typer.run(main)
