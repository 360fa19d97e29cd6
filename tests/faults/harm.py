"""The faults: each does its harm once and says from when on everything may be expected to work."""

import errno
import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.faults.clock import Clock
from tests.faults.proxy import Wire
from tests.faults.stack import Stack, pause

Harm = Callable[[Stack, Random], float]
BLOCK: Final = 65_536
HOUR_S: Final = 3600
#: For how long a disk stays full.
FULL_S: Final = 2.0


@dataclass(frozen=True)
class Fault:
    """A fault by its name; ``harm`` returns the moment from which recovery counts."""

    name: str
    harm: Harm


def kill(part: str, name: str = "") -> Fault:
    """``kill -9`` of one part."""

    def harm(stack: Stack, _random: Random) -> float:
        moment = time.monotonic()
        stack.kill(part)
        return moment

    return Fault(name or f"kill -9 {part}", harm)


def in_turn(name: str, faults: Sequence[Fault]) -> Fault:
    """One after the other, and again from the beginning."""
    turns = itertools.cycle(faults)

    def harm(stack: Stack, random: Random) -> float:
        return next(turns).harm(stack, random)

    return Fault(name, harm)


def power_cut() -> Fault:
    """``kill -9`` of everything at once."""

    def harm(stack: Stack, _random: Random) -> float:
        moment = time.monotonic()
        stack.power_cut()
        return moment

    return Fault("power cut (all at once)", harm)


def wipe() -> Fault:
    """Redis forgets everything."""

    def harm(stack: Stack, _random: Random) -> float:
        moment = time.monotonic()
        stack.redis.flushall()
        return moment

    return Fault("Redis wiped", harm)


def cut(wires: dict[str, Wire], names: tuple[str, ...], what: str, seconds: float) -> Fault:
    """Nothing passes some wires for a while; then their connections are reset or go on."""

    def harm(stack: Stack, random: Random) -> float:
        for name in names:
            wires[name].cut()
        pause(stack, seconds)
        reset = random.random() < 0.5
        moment = time.monotonic()
        for name in names:
            wires[name].mend(reset=reset)
        return moment

    return Fault(f"{what} cut off for {seconds:g} s", harm)


def jump(clock: Clock) -> Fault:
    """The clock is an hour ahead, right, an hour behind, right, and so on."""
    jumps = itertools.cycle((HOUR_S, 0, -HOUR_S, 0))

    def harm(stack: Stack, _random: Random) -> float:
        clock.set(next(jumps))
        pause(stack, 1.5)  # until every process has seen it
        return time.monotonic()

    return Fault("clock jumps by an hour", harm)


def fill(disk: Path) -> Fault:
    """The disk is full for a while."""

    def harm(stack: Stack, _random: Random) -> float:
        rubbish = disk / "rubbish"
        end = time.monotonic() + FULL_S
        with rubbish.open("ab", buffering=0) as file:
            while time.monotonic() < end:
                _fill(file.fileno())
                pause(stack, 0.1)
        rubbish.unlink()
        return time.monotonic()

    return Fault("disk full", harm)


def _fill(descriptor: int) -> None:
    """Write until there is no room left for a byte."""
    size = BLOCK
    while size:
        try:
            os.write(descriptor, b"\0" * size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            size //= 2
