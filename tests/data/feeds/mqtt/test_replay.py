"""Messages that were set aside, replayed when somebody has mended the mapping."""

from pathlib import Path

from data.commands import Actor
from data.domain.words import Role
from data.feeds.mqtt.mapping import load_mapping
from data.feeds.replay import Replayer
from data.store.models import AlarmRow, DeadLetter
from tests.brokers import Mosquitto, feeding, publish, until
from tests.lane import Lane

ADMIN = Actor("admin", Role.ADMIN, "127.0.0.1")
MAPPING = """
[[source]]
name = "a"
topic = "a/+"
device = "topic[1]"
devices = { "7" = "S0" }
time = { at = "item.t", format = "iso" }
status = { at = "item.s", words = { BURNS = "fire" } }
"""


def test_a_mended_mapping_reads_what_was_set_aside(
    lane: Lane, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, "utf-8")
    began = lane.clock()
    said = {"t": began.isoformat(), "s": "BURNS"}
    with (
        feeding(lane, mosquitto.broker(), load_mapping(path)) as running,
        mosquitto.client() as client,
    ):
        publish(client, "a/8", said)
        until(lambda: running.total["acknowledged"] == 1)
    (letter,) = lane.rows(DeadLetter)
    lane.clock.tick(3600)
    replayer = Replayer(lane.database, lane.pipeline, lane.clock, path)
    (refused,) = replayer.replay([letter.id], ADMIN)
    assert refused.error == "number '8' is not in the devices of a"
    path.write_text("[[source]", "utf-8")
    assert "mapping.toml" in replayer.replay([letter.id], ADMIN)[0].error
    path.write_text(MAPPING.replace('"7" = "S0"', '"7" = "S0", "8" = "S9"'), "utf-8")
    assert replayer.replay([letter.id], ADMIN)[0].error == "unknown device 'S9'"
    path.write_text(MAPPING.replace('"7" = "S0"', '"7" = "S0", "8" = "S1"'), "utf-8")
    assert replayer.replay([letter.id], ADMIN)[0].error == ""
    (alarm,) = lane.rows(AlarmRow)
    assert (alarm.device_id, alarm.raised_at, alarm.received_at) == ("S1", began, began)
    assert "before" in replayer.replay([letter.id], ADMIN)[0].error
    # The vendor repeats it too: it had its effect.
    with (
        feeding(lane, mosquitto.broker(), load_mapping(path)) as running,
        mosquitto.client() as client,
    ):
        publish(client, "a/8", said)
        until(lambda: running.total["duplicate"] == 1)
    assert lane.count(AlarmRow) == 1
