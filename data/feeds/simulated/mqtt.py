"""A gateway over MQTT 5: readings of the devices behind it with QoS 1, its state, its last will."""

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog
from paho.mqtt.client import Client, MQTTMessageInfo, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.mapping import OWN
from data.feeds.simulated.ledger import Entry, Ledger, Way

log = structlog.get_logger(__name__)

KEEPALIVE_S: Final = 30
#: For how long the broker keeps what a gateway that is away has not been told.
SESSION_S: Final = 3600
MAX_QUEUED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way, and who is to be told when the broker has it."""

    entry: Entry
    loop: asyncio.AbstractEventLoop
    settled: asyncio.Event


class MqttGateway:
    """One connection with devices behind it; the broker's PUBACK is what the ledger calls safe.

    Parameters
    ----------
    broker
        Of it address and credentials are used; the gateway's own name is its client id.
    devices
        Those behind it, which it lists; None for one that says nothing of itself.
    """

    def __init__(
        self, broker: Broker, name: str, devices: Iterable[str] | None, ledger: Ledger
    ) -> None:
        self.name = name
        self.devices = None if devices is None else tuple(devices)
        self.ledger = ledger
        self._lock = threading.Lock()
        self._waiting: dict[int, Letter] = {}
        self._early: dict[int, ReasonCode] = {}
        self._states: set[int] = set()
        self._up = threading.Event()
        self._broker = broker
        self._client = self._make()

    def start(self) -> None:
        """Connect, and again whenever the connection is lost; returns at once.

        What the broker has not confirmed before goes out again.
        """
        self._client = self._make()
        with self._lock:
            unconfirmed = list(self._waiting.values())
            self._waiting.clear()
            self._early.clear()
            self._states.clear()
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = SESSION_S
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            KEEPALIVE_S,
            clean_start=False,
            properties=session,
        )
        self._client.loop_start()
        for letter in unconfirmed:
            self._publish(letter)

    def stop(self) -> None:
        """Say that it goes, and go."""
        if self._up.is_set() and self.devices is not None:
            self._say_state(online=False).wait_for_publish(1.0)
        self.leave()

    def leave(self) -> None:
        """Go without a word: somebody else goes on in its name."""
        self._client.disconnect()
        self._client.loop_stop()
        self._up.clear()

    def lose(self) -> None:
        """Vanish as in a power cut: the broker speaks its last will."""
        self._client.loop_stop()
        connection = self._client.socket()
        if connection is not None:
            connection.close()
        self._up.clear()

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted it."""
        return self._up.is_set()

    async def deliver(self, messages: Sequence[Mapping[str, Any]], timeout_s: float = 30.0) -> bool:
        """Publish readings; return whether the broker took all of them within the time.

        Those that it did not stay queued and go out when the connection is back.
        """
        loop = asyncio.get_running_loop()
        letters = [
            Letter(
                self.ledger.open(Way.MQTT, message["device_id"], message["message_id"], message),
                loop,
                asyncio.Event(),
            )
            for message in messages
        ]
        for letter in letters:
            self._publish(letter)
        try:
            async with asyncio.timeout(timeout_s):
                for letter in letters:
                    await letter.settled.wait()
        except TimeoutError:
            return False
        return True

    def _publish(self, letter: Letter) -> None:
        entry = letter.entry
        self.ledger.sent(entry)
        marks = Properties(PacketTypes.PUBLISH)
        if self.devices is not None:
            marks.UserProperty = ("gateway", self.name)
        topic, payload = f"{OWN}{entry.source}/reading", orjson.dumps(entry.content)
        number = self._client.publish(topic, payload, qos=1, properties=marks).mid
        with self._lock:
            reason = self._early.pop(number, None)
            if reason is None:  # the broker has not answered while this went out
                self._waiting[number] = letter
        if reason is not None:
            self._settle(letter, reason)

    def _on_publish(
        self, client: Client, _data: Any, number: int, reason: ReasonCode, _more: Any
    ) -> None:
        with self._lock:
            if client is not self._client:
                return
            if number in self._states:
                self._states.discard(number)
                return
            letter = self._waiting.pop(number, None)
            if letter is None:
                self._early[number] = reason
                return
        self._settle(letter, reason)

    def _settle(self, letter: Letter, reason: ReasonCode) -> None:
        if reason.is_failure:
            self.ledger.refuse(letter.entry, str(reason))
        else:
            self.ledger.confirm(letter.entry)
        if not letter.loop.is_closed():
            letter.loop.call_soon_threadsafe(letter.settled.set)

    def _on_connect(
        self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any
    ) -> None:
        if reason.is_failure:
            log.warning("the broker refuses the gateway", gateway=self.name, reason=str(reason))
            return
        self._up.set()
        if self.devices is not None:
            self._say_state(online=True)

    def _on_disconnect(self, *_: Any) -> None:
        self._up.clear()

    def _say_state(self, *, online: bool) -> MQTTMessageInfo:
        said = self._client.publish(
            self._state_topic, self._state(online=online), qos=1, retain=True
        )
        with self._lock:
            self._states.add(said.mid)
        return said

    @property
    def _state_topic(self) -> str:
        return f"{OWN}gateways/{self.name}/state"

    def _state(self, *, online: bool) -> bytes:
        said = {"state": "online" if online else "offline", "devices": self.devices}
        return orjson.dumps(said)

    def _make(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self.name, protocol=MQTTv5)
        if self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls)
        client.max_queued_messages_set(MAX_QUEUED)
        client.reconnect_delay_set(1, 10)
        if self.devices is not None:
            client.will_set(self._state_topic, self._state(online=False), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client
