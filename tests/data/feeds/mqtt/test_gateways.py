"""Gateways that come and go: stale is a status, not an alarm."""

import socket

from data.domain.words import Status, Way
from data.feeds.mqtt.gateways import Gateways
from data.feeds.mqtt.letters import GatewayState
from data.feeds.sources import read_sources
from data.store.models import AlarmRow, Gateway, GatewayDevice, StatusChange
from tests.brokers import Mosquitto, feeding, publish, reading_topic, until
from tests.lane import Lane


def status_of(lane: Lane, slot: int) -> int:
    return lane.present.statuses()[slot]


def state_topic(name: str) -> str:
    return f"xintang/v1/gateways/{name}/state"


def values(number: float) -> dict[str, object]:
    return {"values": {"smoke_pct": number}}


def test_the_last_will_makes_the_devices_behind_it_stale_at_once(
    lane: Lane, mosquitto: Mosquitto
) -> None:
    with feeding(lane, mosquitto.broker()) as running:
        with mosquitto.client(will=(state_topic("G1"), "offline")) as gateway:
            publish(gateway, state_topic("G1"), b"online", retain=True)
            publish(gateway, reading_topic("S0"), values(1), gateway="G1")
            publish(gateway, reading_topic("S1"), values(1), gateway="G1")
            publish(gateway, reading_topic("S2"), values(1))
            until(lambda: running.total["acknowledged"] == 4)
            assert [status_of(lane, slot) for slot in range(3)] == [Status.NORMAL] * 3
            gateway.loop_stop()
            sock = gateway.socket()
            assert sock is not None
            sock.shutdown(socket.SHUT_RDWR)  # without a farewell: its power is cut
            until(lambda: running.total["gateway_offline"] == 1)
        assert [status_of(lane, slot) for slot in range(3)] == [
            Status.STALE,
            Status.STALE,
            Status.NORMAL,
        ]
        with mosquitto.client() as client:
            publish(client, state_topic("G1"), b"online", retain=True)
            until(lambda: status_of(lane, 0) == Status.NORMAL)
    assert lane.count(AlarmRow) == 0
    reasons = [row.reason for row in lane.rows(StatusChange) if row.device_id == "S0"]
    assert reasons[-2:] == ["gateway_lost", "gateway_back"]
    (source,) = [s for s in read_sources(lane.redis) or () if s.name == "G1"]
    assert (source.way, source.connected, source.accepted) == (Way.MQTT, True, 2)


def test_a_process_that_starts_later_learns_of_it_once(lane: Lane, mosquitto: Mosquitto) -> None:
    listed = {"state": "online", "devices": ["S0", "S1", "NOBODY"]}
    with mosquitto.client() as client, feeding(lane, mosquitto.broker()) as running:
        publish(client, state_topic("G1"), listed, retain=True)
        publish(client, reading_topic("S0"), values(1))
        until(lambda: running.total["acknowledged"] == 2)
        assert status_of(lane, 0) == Status.NORMAL
    with mosquitto.client() as client:
        publish(client, state_topic("G1"), b"offline", retain=True)
    with feeding(lane, mosquitto.broker()) as running, mosquitto.client() as client:
        until(lambda: status_of(lane, 0) == Status.STALE)
        publish(client, reading_topic("S0"), values(2))
        until(lambda: status_of(lane, 0) == Status.NORMAL)
    # Told again of what it knows, it changes nothing: the device has spoken since.
    with feeding(lane, mosquitto.broker()) as running:
        until(lambda: running.total["gateway_offline"] >= 1)
        assert status_of(lane, 0) == Status.NORMAL
    assert {row.device_id for row in lane.rows(GatewayDevice)} == {"S0", "S1"}
    (row,) = lane.rows(Gateway)
    assert (row.name, row.online) == ("G1", False)


def gateways(lane: Lane) -> Gateways:
    return Gateways(lane.database, lane.present, lane.clock)


def test_a_device_that_another_gateway_may_reach_is_not_stale(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    two = gateways(lane)
    at = lane.clock()
    two.turn(GatewayState("G1", True, ("S0",), at))
    two.turn(GatewayState("G2", True, ("S0",), at))
    two.turn(GatewayState("G1", False, None, at))
    assert status_of(lane, 0) == Status.NORMAL
    two.turn(GatewayState("G2", False, None, at))
    assert status_of(lane, 0) == Status.STALE


def test_a_gateway_that_is_back_does_not_vouch_for_the_silent(lane: Lane) -> None:
    lane.send("S0", smoke_pct=1)
    lane.send("S1", smoke_pct=1)
    one = gateways(lane)
    one.turn(GatewayState("G1", True, ("S0", "S1", "S2"), lane.clock()))
    one.turn(GatewayState("G1", False, None, lane.clock()))
    lane.clock.tick(100)
    lane.send("S1", smoke_pct=1)
    lane.clock.tick(100)  # three intervals of 60 s are over for S0, not for S1
    one.turn(GatewayState("G1", True, None, lane.clock()))
    found = [status_of(lane, slot) for slot in range(3)]
    assert found == [Status.STALE, Status.NORMAL, Status.STALE]


def test_an_alarm_stands_though_its_gateway_is_gone(lane: Lane) -> None:
    lane.send("S0", smoke_pct=40)
    one = gateways(lane)
    one.turn(GatewayState("G1", True, ("S0",), lane.clock()))
    one.turn(GatewayState("G1", False, None, lane.clock()))
    assert status_of(lane, 0) == Status.ALARM
    (alarm,) = lane.rows(AlarmRow)
    assert alarm.closed_at is None


def test_gateways_are_bounded(lane: Lane, monkeypatch) -> None:
    monkeypatch.setattr("data.store.gateways.MAX_GATEWAYS", 2)
    several = gateways(lane)
    for number in range(4):
        assert several.turn(GatewayState(f"G{number}", True, ("S0",), lane.clock()))
    assert [row.name for row in lane.rows(Gateway)] == ["G0", "G1"]
    assert {row.gateway for row in lane.rows(GatewayDevice)} == {"G0", "G1"}
