"""Random frames against the codec, by the million: ``make fuzz``.

Every round takes a frame that is random, a real one with bytes changed, or a sound one with random
data, and asks the decoder, the stream and the unit parser. They may refuse it with the codec's own
error and nothing else; what they accept must come back as the same bytes.
"""

import random
import time
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from data.feeds.gb26875 import (
    CodecError,
    Damaged,
    Frame,
    FrameStream,
    Kind,
    Moment,
    build_unit,
    decode_frame,
    parse_unit,
)
from data.feeds.gb26875.frame import MAX_DATA
from tests.gb_real import GOOD

STEP = 2000


def random_frame(chance: random.Random) -> bytes:
    """Return one of the three sorts."""
    sort = chance.random()
    if sort < 0.2:
        return b"@@" + chance.randbytes(chance.randrange(60)) + b"##"
    if sort < 0.5:
        raw = bytearray(chance.choice(GOOD))
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    longest = MAX_DATA if chance.random() < 0.01 else 100
    data = chance.randbytes(chance.randrange(longest + 1))
    if data and chance.random() < 0.9:  # mostly a type that is one
        count = chance.choice((0, 1, 1, 1, 2, 3))
        data = bytes((chance.choice(list(Kind)), count)) + data
    at = Moment(chance.randbytes(6))
    source, destination = chance.getrandbits(48), chance.getrandbits(48)
    command = chance.randrange(256)
    return Frame(chance.getrandbits(16), at, source, destination, command, data[:MAX_DATA]).encode()


def check(raw: bytes, stream: FrameStream) -> bool:
    """Ask every part of the codec about a frame; return whether it was sound to the last byte."""
    found = stream.feed(raw)
    assert stream.held < 1054
    for one in found:
        frame = one.frame if isinstance(one, Damaged) else one
        try:
            unit = parse_unit(frame.data)
        except CodecError:
            continue
        assert (b"" if unit is None else build_unit(unit)) == frame.data
    try:
        decoded = decode_frame(raw)
    except CodecError:
        return False
    assert decoded.encode() == raw
    assert decoded in FrameStream().feed(raw)
    return True


def main(
    frames: Annotated[int, typer.Option(min=1)] = 1_000_000,
    seed: Annotated[int, typer.Option(help="0: another one each time")] = 0,
) -> None:
    """Fuzz the codec of GB/T 26875.3."""
    seed = seed or time.time_ns()
    chance, stream, sound = random.Random(seed), FrameStream(), 0
    columns = (TextColumn("GB/T 26875.3"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    began = time.perf_counter()
    with Progress(*columns) as bar:
        task = bar.add_task("", total=frames)
        for done in range(0, frames, STEP):
            number = min(STEP, frames - done)
            sound += sum(check(random_frame(chance), stream) for _ in range(number))
            bar.advance(task, number)
    took = time.perf_counter() - began
    print(f"{frames:,} frames, {sound:,} of them sound, in {took:.1f} s (--seed {seed})")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
