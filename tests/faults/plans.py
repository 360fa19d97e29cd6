"""Which faults are tried on which stack, and how often."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.faults import harm
from tests.faults.clock import Clock
from tests.faults.launched import Launched
from tests.faults.phases import Report, Runner
from tests.faults.stack import Apart, small_disk

SQLITE: Final = "SQLite"
POSTGRES: Final = "PostgreSQL"
DATABASES: Final = (SQLITE, POSTGRES)
SMALL_MB: Final = {SQLITE: 64, POSTGRES: 200}
PARTS: Final = ("redis", "transmitters", "feeds", "mqtt", "mosquitto", "worker", "web")
Told = Callable[[Report], None]


@dataclass(frozen=True)
class Dose:
    """How much of it."""

    kills: int = 20
    others: int = 20
    jumps: int = 20
    #: Seconds that the long cuts last, how many short ones there are, and for how long.
    long_cut_s: float = 60
    short_cuts: int = 5
    short_cut_s: float = 3


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder that PostgreSQL's user may enter too."""
    folder = Path(tempfile.mkdtemp(prefix="xt-faults-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_kills(database: str, dose: Dose, random: Random, tell: Told) -> None:
    """Kill each part, everything at once, and wipe Redis."""
    with scratch() as folder, Apart(folder, postgres=database == POSTGRES) as stack:
        runner = Runner(stack, database, random)
        parts = PARTS if stack.server is None else (*PARTS, "postgres")
        for fault in (harm.power_cut(), *map(harm.kill, parts)):
            tell(runner.run(fault, dose.kills))
        tell(runner.run(harm.wipe(), dose.others))


def run_cuts(database: str, dose: Dose, random: Random, tell: Told) -> None:
    """Cut the wires of the devices, to Redis and to PostgreSQL."""
    with scratch() as folder, Apart(folder, postgres=database == POSTGRES, wires=True) as stack:
        runner = Runner(stack, database, random)
        for what, names in cuts_of(database).items():
            for seconds, times in ((dose.long_cut_s, 1), (dose.short_cut_s, dose.short_cuts)):
                if times and seconds:
                    tell(runner.run(harm.cut(stack.wires, names, what, seconds), times))


def run_full(database: str, dose: Dose, random: Random, tell: Told) -> None:
    """Fill the disk on which everything is."""
    with (
        scratch() as folder,
        small_disk(folder / "disk", SMALL_MB[database]) as disk,
        Apart(disk, postgres=database == POSTGRES) as stack,
    ):
        tell(Runner(stack, database, random).run(harm.fill(disk), dose.others))


def run_jumps(database: str, dose: Dose, random: Random, tell: Told) -> None:
    """Let the clock of the machine jump."""
    with scratch() as folder:
        clock = Clock(folder)
        postgres = database == POSTGRES
        with Apart(folder, postgres=postgres, environment=clock.environment) as stack:
            tell(Runner(stack, database, random).run(harm.jump(clock), dose.jumps))


def run_launched(dose: Dose, random: Random, tell: Told) -> None:
    """Kill the launcher's children and the launcher.

    It starts a child that dies often later and later: each kill of the launcher begins anew.
    """
    with scratch() as folder, Launched(folder) as stack:
        runner = Runner(stack, "launcher, SQLite", random)
        turns = [*map(harm.kill, ("redis", "worker", "web", "transmitters")), harm.power_cut()]
        name = "kill -9 of each child, then of the launcher"
        tell(runner.run(harm.in_turn(name, turns), dose.kills * len(turns)))


def run_all(database: str, dose: Dose, random: Random, tell: Told) -> None:
    """Let everything happen on one stack, which is quicker; without a small disk none is filled."""
    postgres = database == POSTGRES
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        clock = Clock(folder)
        disk = folder
        if can_mount():
            disk = stack.enter_context(small_disk(folder / "disk", SMALL_MB[database]))
        made = Apart(disk, postgres=postgres, wires=True, environment=clock.environment)
        whole = stack.enter_context(made)
        runner = Runner(whole, database, random)
        parts = (*PARTS, "postgres") if postgres else PARTS
        turns = [*map(harm.kill, parts), harm.power_cut(), harm.wipe()]
        name = "kill -9 of each part, power cut, Redis wiped"
        tell(runner.run(harm.in_turn(name, turns), dose.kills * len(turns)))
        for what, names in cuts_of(database).items():
            cut = harm.cut(whole.wires, names, what, dose.short_cut_s)
            tell(runner.run(cut, dose.short_cuts))
        tell(runner.run(harm.jump(clock), dose.jumps))
        if disk != folder:
            tell(runner.run(harm.fill(disk), dose.others))


def cuts_of(database: str) -> dict[str, tuple[str, ...]]:
    """Return which wires are cut, by what is cut off."""
    cuts = {"devices": ("feeds", "transmitters", "mosquitto"), "Redis": ("redis",)}
    return {**cuts, "PostgreSQL": ("postgres",)} if database == POSTGRES else cuts


def can_mount() -> bool:
    """Whether a small disk can be made here."""
    return os.geteuid() == 0
