"""Packed bodies: whole ones come out, bombs do not."""

import gzip
import tracemalloc

import pytest

from data.feeds.http.inflate import InflatedTooLargeError, InflateError, gunzip

TEXT = b'[{"device_id": "S0"}]' * 20


def test_what_was_packed_comes_out() -> None:
    assert gunzip(gzip.compress(TEXT), len(TEXT)) == TEXT
    assert gunzip(gzip.compress(TEXT) + gzip.compress(TEXT), 2 * len(TEXT)) == TEXT + TEXT
    assert gunzip(b"", 10) == b""


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    bomb = gzip.compress(bytes(200_000_000), 1)
    tracemalloc.start()
    with pytest.raises(InflatedTooLargeError, match="1000000 bytes"):
        gunzip(bomb, 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    with pytest.raises(InflatedTooLargeError):
        gunzip(gzip.compress(TEXT) * 3, 2 * len(TEXT))


@pytest.mark.parametrize("body", [TEXT, gzip.compress(TEXT)[:-9], gzip.compress(TEXT) + b"rest"])
def test_what_is_no_whole_gzip_is_said(body: bytes) -> None:
    with pytest.raises(InflateError):
        gunzip(body, 10_000)
