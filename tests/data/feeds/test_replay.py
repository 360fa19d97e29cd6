"""Dead letters taken once more, through the real ways in."""

import orjson
import pytest

from data.commands import Actor
from data.domain.errors import NotAllowedError
from data.domain.registration import NewDevice
from data.domain.words import DeviceKind, Role, Settled, Way
from data.feeds import gb26875 as gb
from data.feeds.replay import Fate, Replay, Replayed
from data.store import dead_letters
from data.store.dead_letters import Letter
from data.store.models import AlarmRow, Audit, DeadLetter, DeviceState
from tests.lane import DUTY, Lane
from tests.transmitters import ADDRESS, frame, part

ADMIN = Actor("admin", Role.ADMIN, "127.0.0.1")


@pytest.fixture
def replay(lane: Lane) -> Replay:
    return Replay(lane.database, lane.pipeline, lane.clock)


def item(lane: Lane, device_id: str = "S0", **more: object) -> dict[str, object]:
    at = lane.clock().isoformat()
    facts = {"device_id": device_id, "message_id": "m1", "measured_at": at}
    return {**facts, "values": {"smoke_pct": 40}, **more}


def set_aside(lane: Lane, raw: bytes, way: Way = Way.HTTP, source: str = "water") -> int:
    with lane.database.writing() as session:
        why = "unknown device 'S0'"
        kept = Letter(way, source, lane.clock(), raw, "device", why)
        dead_letters.add_all(session, [kept])
    newest: DeadLetter = lane.rows(DeadLetter)[-1]
    return newest.id


def letter(lane: Lane, number: int) -> DeadLetter:
    return next(row for row in lane.rows(DeadLetter) if row.id == number)


def test_a_letter_is_taken_at_its_own_time_settled_and_audited(lane: Lane, replay: Replay) -> None:
    number = set_aside(lane, orjson.dumps(item(lane)))
    came = lane.clock()
    lane.clock.tick(7200)
    assert replay.replay([number], ADMIN) == [Replayed(number, Fate.REPLAYED)]
    (alarm,) = lane.rows(AlarmRow)
    assert (alarm.device_id, alarm.raised_at, alarm.received_at) == ("S0", came, came)
    settled = letter(lane, number)
    assert (settled.outcome, settled.settled_by) == (Settled.REPLAYED, "admin")
    assert settled.settled_at == lane.clock()
    (line,) = lane.rows(Audit)
    assert (line.action, line.subject) == ("dead_letter.replayed", f"dead_letter:{number}")
    assert replay.replay([number, 999], ADMIN) == [
        Replayed(number, Fate.GONE),
        Replayed(999, Fate.GONE),
    ]
    assert lane.count(AlarmRow) == 1


def test_what_was_taken_before_has_no_second_effect(lane: Lane, replay: Replay) -> None:
    lane.send("S0", "m1", smoke_pct=40)
    number = set_aside(lane, orjson.dumps([item(lane)]))
    assert replay.replay([number], ADMIN)[0].fate is Fate.REPLAYED
    (alarm,) = lane.rows(AlarmRow)
    assert alarm.count == 1


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"{", "this is not JSON"),
        (b"\xff\x00", "the body is not JSON"),
        (b"[]", "1 to 5000"),
        (b"[1]", "must be a JSON object"),
    ],
)
def test_what_still_can_not_be_taken_stays_and_says_why(
    lane: Lane, replay: Replay, raw: bytes, error: str
) -> None:
    number = set_aside(lane, raw)
    (done,) = replay.replay([number], ADMIN)
    assert done.fate is Fate.REFUSED
    assert error in done.error
    assert letter(lane, number).settled_at is None


def test_one_bad_item_refuses_the_whole_letter(lane: Lane, replay: Replay) -> None:
    both = orjson.dumps([item(lane), item(lane, "X9", message_id="m2")])
    (done,) = replay.replay([set_aside(lane, both)], ADMIN)
    assert (done.fate, done.error) == (Fate.REFUSED, "unknown device 'X9'")
    assert lane.count(DeviceState) == 0


def test_several_are_taken_each_by_itself(lane: Lane, replay: Replay) -> None:
    good = set_aside(lane, orjson.dumps(item(lane)))
    bad = set_aside(lane, orjson.dumps(item(lane, "X9")))
    other = set_aside(lane, orjson.dumps(item(lane, "S1", message_id="m3")))
    done = replay.replay([other, bad, good, good], ADMIN)
    assert [(one.id, one.fate) for one in done] == [
        (good, Fate.REPLAYED),
        (bad, Fate.REFUSED),
        (other, Fate.REPLAYED),
    ]
    assert {alarm.device_id for alarm in lane.rows(AlarmRow)} == {"S0", "S1"}


def test_the_topic_names_the_device_of_an_mqtt_message(lane: Lane, replay: Replay) -> None:
    said = item(lane)
    del said["device_id"]
    number = set_aside(lane, orjson.dumps(said), Way.MQTT, "xintang/v1/S2/reading")
    assert replay.replay([number], ADMIN)[0].fate is Fate.REPLAYED
    assert [alarm.device_id for alarm in lane.rows(AlarmRow)] == ["S2"]


def test_a_frame_is_taken_once_its_transmitter_is_registered(lane: Lane, replay: Replay) -> None:
    raw = frame(lane.clock(), gb.Kind.PART_STATE, part(lane.clock())).encode()
    number = set_aside(lane, raw, Way.GB26875, str(ADDRESS))
    assert replay.replay([number], ADMIN) == [
        Replayed(number, Fate.REFUSED, "nobody registered this transmitter")
    ]
    new = NewDevice(DeviceKind.TRANSMITTER, "用传 889", building_id="B1")
    lane.commands.register_transmitter(ADDRESS, new, ADMIN)
    lane.clock.tick(60)
    assert replay.replay([number], ADMIN)[0].fate is Fate.REPLAYED
    assert replay.replay([number], ADMIN)[0].fate is Fate.GONE
    assert [alarm.device_id for alarm in lane.rows(AlarmRow)] == ["GB-889"]
    damaged = set_aside(lane, raw[:-4] + b"\x00" + raw[-3:], Way.GB26875, str(ADDRESS))
    assert replay.replay([damaged], ADMIN)[0].fate is Fate.REFUSED


def test_only_an_admin_replays_and_discards(lane: Lane, replay: Replay) -> None:
    number = set_aside(lane, orjson.dumps(item(lane)))
    with pytest.raises(NotAllowedError):
        replay.replay([number], DUTY)
    with pytest.raises(NotAllowedError):
        lane.commands.discard_letters([number], DUTY)
    assert letter(lane, number).settled_at is None


def test_discarded_letters_are_settled_once_audited_and_no_more_replayed(
    lane: Lane, replay: Replay
) -> None:
    one, other = (set_aside(lane, b"x") for _ in range(2))
    assert lane.commands.discard_letters([other, one, 999], ADMIN) == {"discarded": [one, other]}
    assert lane.commands.discard_letters([one], ADMIN) == {"discarded": []}
    assert letter(lane, one).outcome is Settled.DISCARDED
    assert replay.replay([one], ADMIN) == [Replayed(one, Fate.GONE)]
    assert [line.detail["ids"] for line in lane.rows(Audit)] == [[one, other, 999], [one]]


def test_a_letter_that_somebody_settles_meanwhile_has_no_effect(lane: Lane, replay: Replay) -> None:
    number = set_aside(lane, orjson.dumps(item(lane)))
    ingest = lane.pipeline.ingest

    def overtaken(readings, alongside=None):  # type: ignore[no-untyped-def]
        lane.commands.discard_letters([number], ADMIN)
        return ingest(readings, alongside)

    lane.pipeline.ingest = overtaken  # type: ignore[method-assign]
    assert replay.replay([number], ADMIN) == [Replayed(number, Fate.GONE)]
    assert lane.count(AlarmRow) == 0
