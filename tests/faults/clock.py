"""A clock that jumps: libfaketime in front of the processes, told by a file how far to be wrong."""

from pathlib import Path
from typing import Final

LIBRARY: Final = "libfaketimeMT.so.1"
#: The library turns the absolute times of Python's own sleep into nonsense (EINVAL).
SLEEP: Final = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class Clock:
    """The wall clock of the processes that were started with its environment.

    Only the wall clock: seconds that only grow are left alone, as they are when an administrator
    or NTP sets a machine's clock.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        (folder / "sitecustomize.py").write_text(SLEEP)
        self.environment = {
            "LD_PRELOAD": str(find_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(folder),
        }

    def set(self, off_s: int) -> None:
        """Let the clock be wrong by some seconds, within a second from now."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{off_s:+d}\n")
        new.rename(self._file)


def find_library() -> Path:
    """Return the library's path."""
    found = next(Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"), None)
    assert found, "the tests need libfaketime: run `make test-tools` or install it"
    return found
