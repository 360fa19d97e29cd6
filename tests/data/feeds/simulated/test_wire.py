import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.feeds import gb26875 as gb
from data.feeds.simulated.wire import Wire
from tests.gb_strategies import FRAMES


def test_a_good_line_only_glues() -> None:
    assert Wire().chunks([b"ab", b"cd"]) == [b"abcd"]


@settings(max_examples=50)
@given(sent=st.lists(FRAMES, min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_whatever_the_line_does_every_frame_arrives(sent: list[gb.Frame], seed: int) -> None:
    pieces = Wire(seed, cut=1.0, garbage=1.0).chunks([frame.encode() for frame in sent])
    stream = gb.FrameStream()
    found = list(itertools.chain.from_iterable(stream.feed(piece) for piece in pieces))
    arrived = [one for one in found if isinstance(one, gb.Frame)]
    assert [one for one in arrived if one in sent] == sent
    assert len(pieces) > 1


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_treats_frames_alike(seed: int) -> None:
    first, second = (Wire(seed, cut=0.5, garbage=0.5) for _ in range(2))
    for number in range(20):
        sent = [bytes((number,)) * 40]
        assert first.chunks(sent) == second.chunks(sent)
