"""Devices that a scenario plays at the moment: the simulator of the town leaves them alone.

The file is locked for as long as the scenario runs, so that one that was killed holds nothing.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from data.feeds.simulated.http import FeedError

FILE: Final = "scenario.lock"


@contextmanager
def held(folder: Path, device_ids: Iterable[str]) -> Iterator[None]:
    """Hold some devices.

    Raises
    ------
    FeedError
        If another scenario runs.
    """
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FeedError(
                "另一个场景正在运行，请等它结束。/ Another scenario is running; wait for its end."
            ) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, json.dumps(sorted(device_ids)).encode())
        yield
    finally:
        os.close(descriptor)


def held_now(folder: Path) -> frozenset[str]:
    """Return the devices that a running scenario holds."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return frozenset()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        size = os.fstat(descriptor).st_size
        return frozenset(json.loads(os.pread(descriptor, size, 0) or "[]"))
    finally:
        os.close(descriptor)
    return frozenset()
