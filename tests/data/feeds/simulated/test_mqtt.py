"""A gateway and a real mosquitto."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.feeds.simulated.ledger import Ledger, Way
from data.feeds.simulated.mqtt import MqttGateway
from tests.brokers import Mosquitto, run_mosquitto
from tests.servers import wait_for


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with run_mosquitto(tmp_path) as running:
        yield running


class Listener:
    """Hears everything on our topics."""

    def __init__(self, client: Any) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.gateways: set[str] = set()
        ready = threading.Event()
        client.on_message = self._on_message
        client.on_subscribe = lambda *_: ready.set()
        client.subscribe("xintang/v1/#", qos=1)
        assert ready.wait(5)

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        self.heard.append((message.topic, json.loads(message.payload)))
        self.gateways |= {value for _, value in getattr(message.properties, "UserProperty", [])}

    def states(self) -> list[str]:
        return [body["state"] for topic, body in self.heard if topic.endswith("/state")]

    def readings(self) -> list[str]:
        return [body["message_id"] for topic, body in self.heard if topic.endswith("/reading")]


def reading(number: int) -> dict[str, Any]:
    return {"device_id": "S1", "message_id": f"m{number}", "values": {"smoke_pct": 0.4}}


async def test_what_the_ledger_calls_safe_is_at_the_broker(mosquitto: Mosquitto) -> None:
    ledger = Ledger()
    with mosquitto.client() as client:
        listener = Listener(client)
        gateway = MqttGateway(mosquitto.broker(), "gw-1", ["S1", "S2"], ledger)
        gateway.start()
        assert await gateway.deliver([reading(n) for n in range(200)])
        gateway.stop()
        wait_for(lambda: len(listener.heard) == 202)
    assert sorted(listener.readings()) == sorted(f"m{n}" for n in range(200))
    assert listener.states() == ["online", "offline"]
    assert ("xintang/v1/gateways/gw-1/state", {"state": "online", "devices": ["S1", "S2"]}) in (
        listener.heard
    )
    assert listener.gateways == {"gw-1"}
    total = ledger.total(Way.MQTT)
    assert (total.messages, total.sends, total.confirmed) == (200, 200, 200)


async def test_a_gateway_that_vanishes_has_a_last_will_and_comes_back(
    mosquitto: Mosquitto,
) -> None:
    with mosquitto.client() as client:
        listener = Listener(client)
        gateway = MqttGateway(mosquitto.broker(), "gw-1", ["S1"], Ledger())
        gateway.start()
        wait_for(lambda: listener.states() == ["online"])
        gateway.lose()
        wait_for(lambda: listener.states() == ["online", "offline"])
        assert not gateway.is_connected
        gateway.start()
        assert await gateway.deliver([reading(1)])
        wait_for(lambda: listener.states()[-1] == "online")
        gateway.leave()
        await asyncio.sleep(0.2)
    assert listener.states() == ["online", "offline", "online"]


async def test_what_a_dead_broker_did_not_confirm_goes_out_again(mosquitto: Mosquitto) -> None:
    ledger = Ledger()
    gateway = MqttGateway(mosquitto.broker(), "gw-1", ["S1"], ledger)
    gateway.start()
    assert await gateway.deliver([reading(1)])
    mosquitto.kill()
    wait_for(lambda: not gateway.is_connected)
    assert not await gateway.deliver([reading(2)], timeout_s=0.3)
    gateway.lose()  # and its own power fails too: what it had kept it still has
    mosquitto.start()
    gateway.start()
    wait_for(lambda: ledger.total(Way.MQTT).confirmed == 2)
    gateway.stop()


async def test_devices_that_speak_for_themselves_name_no_gateway(mosquitto: Mosquitto) -> None:
    with mosquitto.client() as client:
        listener = Listener(client)
        devices = MqttGateway(mosquitto.broker(), "devices-1", None, Ledger())
        devices.start()
        assert await devices.deliver([reading(1)])
        devices.stop()
        wait_for(lambda: listener.readings() == ["m1"])
    assert listener.states() == []
    assert listener.gateways == set()
