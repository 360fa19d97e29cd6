"""What a process costs, from /proc: private memory, resident memory, seconds of CPU."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def private_mb(pid: int) -> float:
    """Return the memory that would be free again without this process."""
    return _rollup_mb(pid, "Private_")


def resident_mb(pid: int) -> float:
    """Return the resident set size."""
    return _rollup_mb(pid, "Rss:")


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return user and system time of some processes so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def _rollup_mb(pid: int, start: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(start)) / 1024
