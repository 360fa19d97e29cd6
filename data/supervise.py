"""Keeping the parts of the application alive: what dies is started again, later each time."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from data.children import GRACE_S, start_child, stop_child
from data.errors import StartError

FIRST_DELAY_S: Final = 0.5
LONGEST_DELAY_S: Final = 30.0
#: A part that lived this long is healthy: its next death counts as the first.
HEALTHY_S: Final = 60.0


class Part(Protocol):
    """Something that can be started and may die."""

    name: str

    @property
    def alive(self) -> bool:
        """Whether it runs."""

    def start(self) -> object:
        """Start it, again if it died."""


class ChildProcess:
    """A program run as a child of this process."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._pass_fds = pass_fds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the program."""
        self._process = start_child(
            self._command, environment=self._environment, pass_fds=self._pass_fds
        )

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process is not None and self.alive:
            self._process.terminate()

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Wait for its end; SIGKILL after ``grace_s`` seconds."""
        if self._process is not None:
            stop_child(self._process, grace_s)


def stop_all(children: Sequence[ChildProcess], grace_s: float = GRACE_S) -> None:
    """Stop all children at the same time, within ``grace_s`` seconds."""
    end = time.monotonic() + grace_s
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(max(end - time.monotonic(), 0.0))


@dataclass(slots=True)
class _Life:
    part: Part
    deaths: int = 0
    started_at: float = 0.0
    start_again_at: float | None = None


class Supervisor:
    """Starts parts in order and starts each again when it dies.

    Parameters
    ----------
    parts : sequence of Part
    say : callable
        Told in a sentence what died and when it is tried again.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lives = [_Life(part) for part in parts]
        self._say = say
        self._clock = clock

    def start(self) -> None:
        """Start every part that does not run yet."""
        for life in self._lives:
            self._start(life)

    def add(self, part: Part) -> None:
        """Start one more part and look after it from now on."""
        life = _Life(part)
        self._lives.append(life)
        self._start(life)

    def _start(self, life: _Life) -> None:
        life.started_at = self._clock()
        if not life.part.alive:
            life.part.start()

    def sickest(self) -> tuple[str, int]:
        """Return the part that died most often in a row soon after its start, and how often."""
        life = max(self._lives, key=lambda life: life.deaths)
        return life.part.name, life.deaths

    def look(self) -> None:
        """Look after every part once; to be called a few times a second."""
        for life in self._lives:
            if life.start_again_at is None and not life.part.alive:
                self._plan(life)
            elif life.start_again_at is not None and self._clock() >= life.start_again_at:
                self._restart(life)

    def _plan(self, life: _Life) -> None:
        now = self._clock()
        life.deaths = 1 if now - life.started_at > HEALTHY_S else life.deaths + 1
        delay = min(FIRST_DELAY_S * 2 ** (life.deaths - 1), LONGEST_DELAY_S)
        life.start_again_at = now + delay
        name = life.part.name
        self._say(
            f"{name} 已停止，{delay:g} 秒后重新启动。"
            f"/ {name} stopped; it is started again in {delay:g} s."
        )

    def _restart(self, life: _Life) -> None:
        life.started_at = self._clock()
        life.start_again_at = None
        try:
            life.part.start()
        except (StartError, OSError) as error:  # the next look plans another attempt
            self._say(str(error))
