"""The connection to the broker: session kept, shared subscriptions, back again by itself."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.counters import Counters
from data.feeds.mqtt.letters import (
    GATEWAYS,
    OWN_NAME,
    READINGS,
    RECEIPTS,
    Content,
    Fault,
    Letter,
    translate,
)
from data.feeds.mqtt.mapping import MappingTable
from data.feeds.mqtt.waiting import (
    MAX_WAITING,
    RECEIVE_MAXIMUM,
    Acknowledgements,
    Item,
    Waiting,
)
from data.live.wire import to_ms
from data.store.dead_letters import MAX_RAW

log = structlog.get_logger()

KEEP_ALIVE_S: Final = 30
#: So long the broker keeps what comes while we are away.
SESSION_S: Final = 7 * 24 * 3600
#: Larger messages are no readings; the broker does not deliver them.
MAX_PACKET: Final = MAX_RAW
#: Who loses its connection so soon may have it taken away by another.
SHORT_LIFE: Final = timedelta(seconds=5)
FIRST_DELAY_S, LONGEST_DELAY_S = 1, 5
#: Processes that subscribe under this name share the messages.
GROUP: Final = "$share/xintang/"


class Link:
    """One connection; its callbacks run in the network's thread."""

    def __init__(
        self,
        broker: Broker,
        mapping: MappingTable,
        waiting: Waiting,
        counters: Counters,
        now: Callable[[], datetime],
    ) -> None:
        self._broker = broker
        self._mapping = mapping
        self._waiting = waiting
        self._counters = counters
        self._now = now
        self._number = 0
        self._closing = False
        self._before: Sequence[str] = ()
        self._leaving = False
        #: Connected, and every subscription granted (or given up, by one who leaves).
        self.up = False
        self.error = ""
        self.since = now()
        self._client = self._make()
        self.acknowledgements = Acknowledgements(lambda mid: self._client.ack(mid, 1))

    @property
    def topics(self) -> list[str]:
        """Every filter that is subscribed to; each process hears of every gateway."""
        shared = [READINGS, *(source.topic for source in self._mapping.sources)]
        return [*(f"{GROUP}{topic}" for topic in shared), GATEWAYS]

    def state(self) -> dict[str, Any]:
        """Return what others are told of it."""
        return {
            "broker": self._broker.address,
            "up": self.up,
            "since": to_ms(self.since),
            "error": self.error,
            "waiting": len(self._waiting),
        }

    def start(self, before: Sequence[str], *, leaving: bool = False) -> None:
        """Begin to connect; ``before``: what this session subscribed to when it last ran.

        ``leaving``: only for what still waits there; nothing is subscribed to any more.
        """
        self._before, self._leaving = before, leaving
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_S
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = MAX_PACKET
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=KEEP_ALIVE_S,
            clean_start=False,
            properties=properties,
        )
        self._client.loop_start()

    def send_receipt(self, letter: Letter, error: str) -> None:
        """Tell a sender that its message is recorded, or why it was set aside."""
        properties = Properties(PacketTypes.PUBLISH)
        if letter.correlation:
            properties.CorrelationData = letter.correlation
        said = {"recorded": False, "error": error} if error else {"recorded": True}
        self._client.publish(letter.reply_to, orjson.dumps(said), qos=1, properties=properties)

    def close(self) -> None:
        """Take nothing any more; the broker keeps what was not acknowledged."""
        self._closing = True
        self._waiting.close()

    def stop(self, *, for_good: bool = False) -> None:
        """Send what is still to be sent and disconnect; ``for_good`` ends the session too."""
        self.close()
        properties = Properties(PacketTypes.DISCONNECT)
        if for_good:
            properties.SessionExpiryInterval = 0
        self._client.disconnect(properties=properties)
        self._client.loop_stop()

    def _make(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        if self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password or None)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls)
        client.max_queued_messages_set(MAX_WAITING)  # receipts, while the connection is lost
        client.reconnect_delay_set(FIRST_DELAY_S, LONGEST_DELAY_S)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._lost
        client.on_subscribe = self._subscribed
        client.on_unsubscribe = self._unsubscribed
        client.on_message = self._came
        return client

    def _connected(
        self, client: Client, _data: object, flags: Any, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._note_error(f"refused: {reason}")
            return
        self._number += 1
        self.acknowledgements.connected(self._number)
        self._waiting.connected(self._number)
        self._counters.count("connected")
        kept = flags.session_present
        log.info("broker connected", broker=self._broker.address, session_kept=kept)
        wanted = [] if self._leaving else self.topics
        if gone := sorted({*self._before, *self.topics} - set(wanted)):
            client.unsubscribe(gone)
        if wanted:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in wanted])

    def _subscribed(
        self, _client: Client, _data: object, _mid: int, reasons: list[Any], _properties: object
    ) -> None:
        refused = [
            f"{topic} ({reason})"
            for topic, reason in zip(self.topics, reasons, strict=False)
            if reason.is_failure
        ]
        if refused:
            self._note_error(f"subscription refused: {', '.join(refused)}")
            return
        self._granted()

    def _unsubscribed(self, *_: object) -> None:
        if self._leaving:
            self._granted()

    def _granted(self) -> None:
        self.up, self.error, self.since = True, "", self._now()

    def _failed(self, _client: Client, _data: object) -> None:
        # paho tells nobody why, but calls from where it caught the error.
        self._note_error(f"can't be reached: {sys.exception()}")

    def _lost(
        self, _client: Client, _data: object, _flags: object, reason: Any, _properties: object
    ) -> None:
        self.acknowledgements.connected(0)
        if self.up:
            lived = self._now() - self.since
            self.up, self.since = False, self._now()
            if not self._closing:
                self._counters.count("connection_lost")
                # mosquitto closes the older of two connections of one name without a word.
                name = self._broker.client_id
                hint = f"; is there another process {name}?" if lived < SHORT_LIFE else ""
                self._note_error(f"connection lost: {reason}{hint}")

    def _note_error(self, error: str) -> None:
        """Say an error once, not at every attempt."""
        if error != self.error:
            log.warning("broker", broker=self._broker.address, error=error)
        self.error = error

    def _came(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if self._closing:
            return
        self._counters.count("received")
        if message.dup:
            self._counters.count("redelivered")
        letter = _letter(message, self._now())
        if letter.qos:
            self.acknowledgements.came(letter.mid)
        if not self._waiting.put(Item(letter, self._read(letter), self._number)):
            self._counters.count("given_up")

    def _read(self, letter: Letter) -> Content:
        try:
            return translate(letter, self._mapping)
        except Exception as error:
            # Whatever it is: one message must not end the connection. It is set aside.
            log.exception("message can't be read", topic=letter.topic)
            return Content(OWN_NAME, faults=(Fault(f"it can't be read: {error!r}"),))


def _letter(message: MQTTMessage, at: datetime) -> Letter:
    try:
        topic = message.topic
    except UnicodeDecodeError:  # a broker should not let it through; no source has it
        topic = ""
    properties = message.properties
    pairs = getattr(properties, "UserProperty", [])
    reply_to = getattr(properties, "ResponseTopic", "")
    return Letter(
        topic,
        bytes(message.payload),
        at,
        message.mid,
        message.qos,
        gateway=next((value for name, value in pairs if name == "gateway"), ""),
        reply_to=reply_to if reply_to.startswith(RECEIPTS) else "",
        correlation=getattr(properties, "CorrelationData", b""),
    )
