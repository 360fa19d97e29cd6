import sys
import time
from dataclasses import dataclass, field

from data.errors import StartError
from data.supervise import ChildProcess, Supervisor, stop_all
from tests.servers import wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@dataclass
class FakePart:
    name: str = "web"
    alive: bool = False
    starts: int = 0
    fails: bool = False

    def start(self) -> None:
        self.starts += 1
        if self.fails:
            raise StartError("no redis-server here")
        self.alive = True


@dataclass
class Watched:
    part: FakePart
    now: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor([self.part], self.said.append, lambda: self.now)
        self.supervisor.start()

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.supervisor.look()


def test_a_dead_part_is_started_again_after_a_pause_that_doubles() -> None:
    watched = Watched(FakePart())
    pauses = []
    for _ in range(8):
        watched.part.alive = False
        watched.after(0)
        died = watched.now
        starts = watched.part.starts
        while watched.part.starts == starts:
            watched.after(0.25)
        pauses.append(watched.now - died)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert watched.supervisor.sickest() == ("web", 8)
    assert "web stopped; it is started again in 0.5 s" in watched.said[0]


def test_a_part_that_lived_long_starts_again_at_once() -> None:
    watched = Watched(FakePart())
    for _ in range(3):
        watched.part.alive = False
        watched.after(0)
        watched.after(0.5)
        watched.after(61)
    assert watched.supervisor.sickest() == ("web", 1)
    assert all("0.5 s" in sentence for sentence in watched.said)


def test_a_restart_that_fails_is_said_and_tried_again() -> None:
    watched = Watched(FakePart())
    watched.part.alive, watched.part.fails = False, True
    watched.after(0)
    watched.after(0.5)
    assert watched.said[-1] == "no redis-server here"
    watched.part.fails = False
    watched.after(0)
    watched.after(1)
    assert watched.part.alive


def test_what_already_runs_is_not_started_twice() -> None:
    assert Watched(FakePart(alive=True)).part.starts == 0


def test_a_part_that_comes_later_is_looked_after_too() -> None:
    watched, late = Watched(FakePart()), FakePart("simulator")
    watched.supervisor.add(late)
    assert late.starts == 1
    late.alive = False
    watched.after(0)
    watched.after(0.5)
    assert late.starts == 2


def test_all_children_stop_together() -> None:
    slow = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
    children = [ChildProcess(f"c{i}", [sys.executable, "-c", slow], {}) for i in range(3)]
    children.append(ChildProcess("plain", SLEEP, {}))
    children.append(ChildProcess("never started", SLEEP, {}))
    for child in children[:-1]:
        child.start()
    wait_for(lambda: all(child.alive for child in children[:-1]))
    time.sleep(0.3)  # until the handler is set
    started = time.monotonic()
    stop_all(children, grace_s=0.5)
    assert time.monotonic() - started < 3
    assert not any(child.alive for child in children)
