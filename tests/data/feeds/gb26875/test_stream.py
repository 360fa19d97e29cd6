"""The frames depend on the bytes alone: not on how they were cut, not on what lies between."""

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.feeds.gb26875 import (
    CodecError,
    Command,
    ContentError,
    Damaged,
    Frame,
    FrameStream,
    FramingError,
    Moment,
    decode_frame,
)
from tests.gb_real import BY_NAME, GOOD
from tests.gb_strategies import FRAMES

#: What no frame can begin in; with the real ends and starts in between it may look like one.
NOISE = st.one_of(
    st.binary(max_size=80),
    st.lists(st.sampled_from([b"@", b"@@", b"##", b"\0", b"@@\x01\0"]), max_size=20).map(b"".join),
    st.sampled_from(GOOD).flatmap(
        lambda raw: st.integers(0, len(raw) - 1).map(lambda cut: raw[:cut])
    ),
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def read(chunks: list[bytes]) -> list[Frame | Damaged]:
    stream = FrameStream()
    return [found for chunk in chunks for found in stream.feed(chunk)]


@given(FRAMES)
def test_a_frame_comes_back(frame: Frame) -> None:
    assert decode_frame(frame.encode()) == frame


@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 10_000), max_size=30))
def test_glued_and_split_frames_are_the_same_frames(frames: list[Frame], cuts: list[int]) -> None:
    data = b"".join(frame.encode() for frame in frames)
    assert read(cut(data, cuts)) == frames
    assert read([bytes((byte,)) for byte in data]) == frames


@given(
    st.lists(st.one_of(NOISE, st.sampled_from(list(BY_NAME.values())))), st.lists(st.integers(0))
)
@example([GOOD[0][:40], GOOD[0], BY_NAME["bad checksum"]], [])
def test_any_stream_gives_the_same_however_it_was_cut(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    whole = read([data])
    assert read(cut(data, cuts)) == whole
    assert read([bytes((byte,)) for byte in data]) == whole


@given(st.lists(st.tuples(NOISE, st.sampled_from(GOOD)), min_size=1, max_size=6), NOISE)
def test_garbage_costs_only_itself(pairs: list[tuple[bytes, bytes]], tail: bytes) -> None:
    stream = FrameStream()
    data = b"".join(noise + raw for noise, raw in pairs)
    found = [one for one in stream.feed(data + tail) if isinstance(one, Frame)]
    assert [frame.encode() for frame in found] == [raw for _, raw in pairs]
    assert stream.garbage + stream.held == sum(len(n) for n, _ in pairs) + len(tail)


def test_a_false_start_holds_nothing_up() -> None:
    """The head of a long frame that never comes, then a fire: the fire is there at once."""
    head = Frame(1, Moment(bytes(6)), 1, 2, Command.SEND, bytes(900)).encode()[:100]
    found = FrameStream().feed(head + BY_NAME["smoke fire"])
    assert [frame.encode() for frame in found if isinstance(frame, Frame)] == [
        BY_NAME["smoke fire"]
    ]


def test_of_two_frames_that_end_together_the_shorter_is_the_frame() -> None:
    """The head of a lost frame whose length and sum happen to fit the end of the next one."""
    fire = BY_NAME["smoke fire"]
    filled = bytearray(Frame(1, Moment(bytes(6)), 1, 2, 2, b"\0" + fire[:-3]).encode())
    filled[20] = (filled[20] + fire[-3] - filled[-3]) % 256
    both = bytes(filled[:-3]) + fire[-3:]
    assert decode_frame(both).data == b"\0" + fire[:-3]
    assert [frame.encode() for frame in read([both]) if isinstance(frame, Frame)] == [fire]


def test_a_damaged_frame_is_told_once_and_its_neighbours_are_well() -> None:
    bad, good = BY_NAME["bad checksum"], BY_NAME["mains fault"]
    kinds = [type(found) for found in read([good + bad + good + bad])]
    assert kinds == [Frame, Damaged, Frame, Damaged]


def test_what_a_stream_holds_is_bounded() -> None:
    chance = random.Random(1)
    stream = FrameStream()
    most = 0
    for _ in range(300):
        stream.feed(bytes(chance.choices(b"@#\0\1\2\3", k=chance.randrange(1, 3000))))
        most = max(most, stream.held)
    assert most < 1054
    assert stream.garbage > 100_000


@given(st.binary(max_size=1200))
def test_any_bytes_are_a_frame_that_comes_back_or_a_codec_error(raw: bytes) -> None:
    try:
        frame = decode_frame(raw)
    except CodecError:
        return
    assert frame.encode() == raw


@pytest.mark.parametrize(
    "raw",
    [b"", b"@@##", bytes(30), BY_NAME["smoke fire"][:-1], BY_NAME["smoke fire"] + b"##"],
)
def test_bytes_that_are_no_frame_are_refused(raw: bytes) -> None:
    with pytest.raises(FramingError):
        decode_frame(raw)


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": 2**16},
        {"source": 2**48},
        {"destination": -1},
        {"command": 256},
        {"data": bytes(1025)},
    ],
)
def test_a_frame_that_has_no_bytes_is_refused(changed: dict[str, int]) -> None:
    fields = {"serial": 1, "at": Moment(bytes(6)), "source": 1, "destination": 2, "command": 2}
    with pytest.raises(ContentError):
        Frame(**{**fields, **changed}).encode()  # type: ignore[arg-type]
