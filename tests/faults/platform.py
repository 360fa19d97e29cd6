"""A platform that reports over MQTT 5 and repeats until it has the receipt of a record."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.faults.ledger import Ledger, Message
from tests.faults.pace import Pace

RECEIPT_WITHIN_S: Final = 3.0
EVERY_S: Final = 0.1
MOST_UNANSWERED: Final = 60
KEEPALIVE_S: Final = 10
LOCAL: Final = "127.0.0.1"


@dataclass
class _Waiting:
    message: Message
    topic: str
    payload: bytes
    sent_at: float = 0.0


@dataclass
class Platform:
    """One client; ``alarms`` yields (device, word) that were never said, ``readings`` devices."""

    name: str
    port: int
    ledger: Ledger
    alarms: Iterator[tuple[str, str]]
    readings: Iterator[str]
    alarms_s: float
    readings_s: float
    #: When the last message that was confirmed had been sent.
    confirmed_at: float = 0.0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _receipts: deque[tuple[str, bytes]] = field(default_factory=deque)

    async def run(self, ending: asyncio.Event) -> None:
        """Send until it is told to end and everything has its receipt."""
        client = self._client()
        client.connect_async(LOCAL, self.port, KEEPALIVE_S)
        client.loop_start()
        pace = Pace(self.alarms_s, self.readings_s)
        try:
            while not ending.is_set() or self._waiting:
                await asyncio.sleep(EVERY_S)
                held = ending.is_set() or len(self._waiting) >= MOST_UNANSWERED
                self._make(*pace.due(held=held))
                self._hear()
                self._send(client)
        finally:
            client.disconnect()
            client.loop_stop()

    @property
    def _receipts_topic(self) -> str:
        return f"xintang/v1/receipts/{self.name}"

    def _client(self) -> Client:
        """Make a client; its thread only gathers what the loop looks at."""
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.name,
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.reconnect_delay_set(1, 1)
        client.max_inflight_messages_set(0)

        def connected(*_: object) -> None:
            client.subscribe(self._receipts_topic, 1)

        def came(_client: Client, _data: object, found: Any) -> None:
            known_by = getattr(found.properties, "CorrelationData", b"").decode()
            self._receipts.append((known_by, found.payload))

        client.on_connect = connected
        client.on_message = came
        return client

    def _make(self, alarms: int, readings: int) -> None:
        for device, word in itertools.islice(self.alarms, alarms):
            number = f"{self.name}-{next(self._numbers)}"
            self._keep(number, Message("id", number), device, status=word)
        for device in itertools.islice(self.readings, readings):
            number = f"{self.name}-{next(self._numbers)}"
            message = Message("reading", device)
            self._keep(number, message, device, values={"temperature_c": 20.5})

    def _keep(self, number: str, message: Message, device: str, **says: Any) -> None:
        content = {"message_id": number, "measured_at": datetime.now(UTC).isoformat(), **says}
        topic = f"xintang/v1/{device}/reading"
        self._waiting[number] = _Waiting(message, topic, json.dumps(content).encode())
        self.ledger.sent[message] += 1

    def _send(self, client: Client) -> None:
        """Publish what has no receipt yet, in the order in which it was made."""
        if not client.is_connected():
            return
        late = time.monotonic() - RECEIPT_WITHIN_S
        for number, waiting in self._waiting.items():
            if waiting.sent_at > late:
                continue
            if waiting.sent_at:
                self.ledger.answers["mqtt repeated"] += 1
            waiting.sent_at = time.monotonic()
            properties = Properties(PacketTypes.PUBLISH)
            properties.ResponseTopic = self._receipts_topic
            properties.CorrelationData = number.encode()
            client.publish(waiting.topic, waiting.payload, qos=1, properties=properties)

    def _hear(self) -> None:
        while self._receipts:
            number, payload = self._receipts.popleft()
            said = json.loads(payload)
            if not said["recorded"]:
                self.ledger.refused[f"mqtt: {said['error']}"] += 1
                continue
            waiting = self._waiting.pop(number, None)
            if waiting is not None:
                self.confirmed_at = max(self.confirmed_at, waiting.sent_at)
                self.ledger.confirmed[waiting.message] += 1
