"""``python -m data.feeds.simulated SCENARIO``: plays a scenario against a running application."""

import asyncio
import os
from typing import Annotated

import httpx
import typer
from rich.console import Console

from data.errors import StartError
from data.feeds.simulated.http import FeedError
from data.feeds.simulated.mischief import Fault, parse_faults
from data.feeds.simulated.routes import Where
from data.feeds.simulated.scenario import Scenario
from data.feeds.simulated.scenarios import SCENARIOS
from data.feeds.simulated.show import Manner, perform, show_list, show_totals
from data.feeds.simulated.where import where_is
from data.settings import load_settings


def main(
    scenario: Annotated[str, typer.Argument(help="a name, or: list")] = "list",
    speed: Annotated[float, typer.Option(min=0.1, help="times as fast as written")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="chooses the same devices and faults")] = None,
    faults: Annotated[str, typer.Option(help=f"all, none or of: {', '.join(Fault)}")] = "all",
) -> None:
    """播放一个演示场景 / Play a scenario against a running application (make run)."""
    console = Console(highlight=False)
    if scenario == "list":
        show_list(console)
        return
    try:
        settings = load_settings(os.environ)
        where = where_is(settings)
        chosen = _known(scenario)
        _check(where)
        manner = Manner(speed, seed, parse_faults(faults))
        played = asyncio.run(perform(chosen, settings, where, manner, console))
    except (FeedError, StartError, ValueError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    show_totals(console, played.ledger)
    raise typer.Exit(0 if played.is_whole else 1)


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
        raise FeedError(
            "数据目录里没有 api.key，请检查 XT_DATA_DIR。"
            "/ There is no api.key in the data directory: check XT_DATA_DIR."
        )


if __name__ == "__main__":
    typer.run(main)
