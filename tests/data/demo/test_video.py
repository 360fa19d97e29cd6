import re
import struct
from datetime import timedelta
from itertools import pairwise

from data.demo import video
from data.demo.video import EPOCH, FRAGMENT_S, fragment, load_loop, newest_number, playlist

NOW = EPOCH + timedelta(days=300, seconds=31)


def decode_time(part):
    return struct.unpack_from(">Q", part, part.index(b"tfdt") + 8)[0]


def test_the_loop_is_a_minute_and_small():
    loop = load_loop()
    assert len(loop.fragments) * FRAGMENT_S == 60
    assert loop.head[4:8] == b"ftyp"
    assert all(part[4:8] == b"moof" for part in loop.fragments)
    assert sum(path.stat().st_size for path in video.FOLDER.iterdir()) < 300_000


def test_the_counter_is_that_of_the_minute():
    # The first fragment of the loop is played in the first seconds of a minute.
    at = EPOCH + timedelta(minutes=7, seconds=FRAGMENT_S)
    assert newest_number(at) % len(load_loop().fragments) == 0


def test_the_playlist_ends_with_the_newest_whole_fragment():
    lines = playlist(NOW).splitlines()
    newest = newest_number(NOW)
    assert lines[-1] == f"{newest}.m4s"
    assert f"#EXT-X-MEDIA-SEQUENCE:{newest - 4}" in lines
    taken = re.findall(r"PROGRAM-DATE-TIME:(\S+)", playlist(NOW))
    assert len(taken) == 5
    assert taken[-1] == f"{EPOCH + timedelta(seconds=newest * FRAGMENT_S):%Y-%m-%dT%H:%M:%S}.000Z"


def test_times_go_on_where_the_loop_begins_anew():
    newest = newest_number(NOW)
    parts = [fragment(number, NOW) for number in range(newest - 9, newest + 1)]
    times = [decode_time(part) for part in parts]
    assert {later - earlier for earlier, later in pairwise(times)} == {20_480}
    assert parts[0] != load_loop().fragments[(newest - 9) % 30]


def test_what_is_to_come_and_what_is_long_gone_is_not_there():
    newest = newest_number(NOW)
    for number in (newest + 1, newest - 10, -1):
        assert fragment(number, NOW) is None
