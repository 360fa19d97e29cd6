"""A phase: load, one fault again and again, and the verdict on every message."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Final

from tests.faults.harm import Fault
from tests.faults.load import Load, Supply
from tests.faults.stack import Stack, await_recovery, is_ready, pause
from tests.faults.verdict import Verdict, differences, judge, recorded_readings

READY_WITHIN_S: Final = 240.0
DRAIN_WITHIN_S: Final = 120.0
#: The worker tells what was not told within a few seconds; its comparison every 30 s is not needed.
PICTURE_WITHIN_S: Final = 10.0
MOST_MB: Final = 600.0


@dataclass
class Report:
    """What a phase found."""

    fault: str
    stack: str
    verdict: Verdict
    recoveries: list[float]
    picture: list[str]
    drained: bool
    answers: Counter[str]
    refused: Counter[str]
    memory_mb: float
    ended: int
    seconds: float

    @property
    def recovery(self) -> tuple[float, float]:
        """Median and longest time to recover, in seconds."""
        return (median(self.recoveries), max(self.recoveries)) if self.recoveries else (0.0, 0.0)

    @property
    def troubles(self) -> list[str]:
        """What is wrong; nothing else matters."""
        found = [*self.verdict.examples, *self.picture[:5]]
        if not self.drained:
            found.append(f"{self.verdict.sent - self.verdict.confirmed} were never confirmed")
        if self.memory_mb > MOST_MB:
            found.append(f"a process grew to {self.memory_mb:.0f} MB")
        return found


@dataclass
class Runner:
    """Runs phases on one stack; messages of all phases differ."""

    stack: Stack
    name: str
    random: Random
    supply: Supply = field(init=False)
    _phases: int = 0

    def __post_init__(self) -> None:
        self.supply = Supply(self.stack.town, len(self.stack.ways.http))
        end = time.monotonic() + READY_WITHIN_S
        while not is_ready(self.stack):
            assert time.monotonic() < end, "the stack does not become ready"
            pause(self.stack, 0.2)

    def run(self, fault: Fault, times: int) -> Report:
        """Let a fault happen some times under load; then compare."""
        began = time.monotonic()
        self._phases += 1
        before = recorded_readings(self.stack.database)
        ended = self.stack.ended
        ways = self.stack.ways
        load = Load(f"p{self._phases}", self.stack.town, self.supply, ways)
        load.start()
        recoveries, memory = self._suffer(fault, times, load)
        drained = load.finish(DRAIN_WITHIN_S, self.stack.tend)
        picture = self._picture()
        return Report(
            fault.name,
            self.name,
            judge(load.ledger, self.stack.database, before),
            recoveries,
            picture,
            drained,
            load.ledger.answers,
            load.ledger.refused,
            memory,
            self.stack.ended - ended,
            time.monotonic() - began,
        )

    def _suffer(self, fault: Fault, times: int, load: Load) -> tuple[list[float], float]:
        await_recovery(self.stack, load, time.monotonic())
        recoveries: list[float] = []
        memory = 0.0
        for _ in range(times):
            pause(self.stack, self.random.uniform(0.1, 1.0))
            since = fault.harm(self.stack, self.random)
            recoveries.append(await_recovery(self.stack, load, since))
            memory = max(memory, self.stack.memory_mb())
        return recoveries, memory

    def _picture(self) -> list[str]:
        """Wait until the picture is what SQL says; return where it is not."""
        end = time.monotonic() + PICTURE_WITHIN_S
        while (wrong := differences(self.stack.database, self.stack.redis)) and (
            time.monotonic() < end
        ):
            pause(self.stack, 0.3)
        return wrong


def unwell(reports: Sequence[Report]) -> list[str]:
    """Return every trouble of some phases in one line each."""
    return [
        f"{report.stack}, {report.fault}: {trouble}"
        for report in reports
        for trouble in report.troubles
    ]
