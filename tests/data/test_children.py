import os
import signal
import subprocess
import sys
import time

from data.children import start_child, stop_child
from tests.servers import is_running, wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready', flush=True); time.sleep(60)",
]


def test_a_child_stops_at_sigterm() -> None:
    child = start_child(SLEEP)
    assert stop_child(child) == -signal.SIGTERM
    assert not is_running(child.pid)
    assert stop_child(child) == -signal.SIGTERM  # once more does no harm


def test_a_child_that_ignores_sigterm_is_killed() -> None:
    child = start_child(STUBBORN, stdout=subprocess.PIPE)
    assert child.stdout is not None
    with child.stdout as output:
        output.readline()
    started = time.monotonic()
    assert stop_child(child, grace_s=0.2) == -signal.SIGKILL
    assert time.monotonic() - started < 3


def test_ctrl_c_in_the_terminal_does_not_reach_a_child() -> None:
    child = start_child(SLEEP)
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    stop_child(child)


def test_a_child_dies_with_its_killed_parent() -> None:
    program = (
        "import sys, time; from data.children import start_child\n"
        f"print(start_child({SLEEP!r}).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
    assert is_running(pid)
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_running(pid), 5)


def test_a_child_inherits_the_sockets_it_was_given_and_its_environment() -> None:
    reading, writing = os.pipe()
    program = "import os, sys; os.write(int(sys.argv[1]), os.environ['WORD'].encode())"
    child = start_child(
        [sys.executable, "-c", program, str(writing)],
        environment={"WORD": "新塘"},
        pass_fds=[writing],
    )
    os.close(writing)
    assert os.read(reading, 100).decode() == "新塘"
    os.close(reading)
    assert child.wait() == 0
