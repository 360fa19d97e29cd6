from datetime import UTC, datetime

from data.live.wire import from_ms, sse, to_ms

T = datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)


def test_milliseconds_and_back() -> None:
    assert from_ms(to_ms(T)) == T
    assert (to_ms(None), from_ms(""), from_ms(None)) == (None, None, None)


def test_a_frame_with_and_without_id() -> None:
    assert sse("beat", b"{}") == b"event: beat\ndata: {}\n\n"
    assert sse("alarm", b"1", "5-0") == b"id: 5-0\nevent: alarm\ndata: 1\n\n"
