import gc
import subprocess
import sys

import pytest

from data.memory import freeze_what_is_loaded

PROGRAM = """
import ctypes, sys, threading
from data.memory import share_one_heap
if sys.argv[1] == "shared":
    share_one_heap()
barrier = threading.Barrier(9)
def work():
    kept = [bytes(900) for _ in range(1000)]
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
barrier.wait()
for thread in threads: thread.join()
size = lambda line: -int.__sub__(*(int(part, 16) for part in line.split()[0].split("-")))
lines = open("/proc/self/maps")
reserved = [line for line in lines if " ---p " in line and size(line) > 50_000_000]
print(len(reserved))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
@pytest.mark.parametrize(("kind", "more"), [("own", True), ("shared", False)])
def test_threads_share_one_heap(kind: str, more: bool) -> None:
    command = [sys.executable, "-c", PROGRAM, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 0) is more


def test_what_is_loaded_is_not_looked_through_again() -> None:
    before = len(gc.get_objects())
    freeze_what_is_loaded()
    frozen, left = gc.get_freeze_count(), len(gc.get_objects())
    gc.unfreeze()
    assert frozen > before / 2
    assert left < before / 2
