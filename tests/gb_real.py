"""Real frames of real devices: a line that says what each means, then its bytes."""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("gb_frames.txt")


@dataclass(frozen=True)
class RealFrame:
    name: str
    accepted: bool
    meaning: str
    raw: bytes


def read() -> list[RealFrame]:
    lines = FILE.read_text("utf-8").splitlines()
    frames = []
    for said, hexed in zip(lines[::2], lines[1::2], strict=True):
        name, verdict, meaning = said.removeprefix("# ").split(" | ", 2)
        frames.append(RealFrame(name, verdict == "OK", meaning, bytes.fromhex(hexed)))
    return frames


REAL = read()
BY_NAME = {frame.name: frame.raw for frame in REAL}
GOOD = [frame.raw for frame in REAL if frame.accepted]
