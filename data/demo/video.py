"""The demo cameras' live stream: a minute's test picture, played for ever in time with the clock.

HLS with fragmented MP4 (RFC 8216): a playlist that moves on with the time, and fragments whose
decode time (``tfdt``, ISO/IEC 14496-12) is set to when they are played, so that the loop has no
seam. ``bench/camera_loop.py`` made the files; nothing is encoded here.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "camera"
FRAGMENT_S: Final = 2
#: Fragments that a playlist names, and those before them that a slow player may still ask for.
WINDOW: Final = 5
KEPT: Final = 10
#: Numbers and times count from here, so that a player's clock stays small.
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TIMESCALE: Final = 10_240


@dataclass(frozen=True, slots=True)
class Loop:
    """The head of the stream and its fragments, one after the other."""

    head: bytes
    fragments: Sequence[bytes]


@cache
def load_loop() -> Loop:
    """Return the packaged test picture."""
    content = (FOLDER / "loop.m4s").read_bytes()
    fragments, start, at = [], 0, 0
    while at < len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        at += size
        if kind == b"mdat":
            fragments.append(content[start:at])
            start = at
    return Loop((FOLDER / "init.mp4").read_bytes(), tuple(fragments))


def newest_number(now: datetime) -> int:
    """Return the number of the newest fragment that is whole."""
    return (now - EPOCH) // timedelta(seconds=FRAGMENT_S) - 1


def playlist(now: datetime) -> str:
    """Return the live playlist; each fragment says when it was taken."""
    newest = newest_number(now)
    first = newest - WINDOW + 1
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{FRAGMENT_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for number in range(first, newest + 1):
        taken = EPOCH + timedelta(seconds=number * FRAGMENT_S)
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{taken:%Y-%m-%dT%H:%M:%S}.000Z")
        lines += [f"#EXTINF:{FRAGMENT_S}.000,", f"{number}.m4s"]
    return "\n".join([*lines, ""])


def fragment(number: int, now: datetime) -> bytes | None:
    """Return a fragment of the last seconds, None for one that is not there yet or any more."""
    if not 0 <= newest_number(now) - number < KEPT:
        return None
    fragments = load_loop().fragments
    played = bytearray(fragments[number % len(fragments)])
    at = played.index(b"tfdt") + 8  # after its name, version and flags
    struct.pack_into(">Q", played, at, number * FRAGMENT_S * _TIMESCALE)
    return bytes(played)
