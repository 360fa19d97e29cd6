"""A real mosquitto on a free port of 127.0.0.1, and clients that speak as gateways do."""

import contextlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from data.children import die_with_parent, stop_child
from data.embedded import free_port
from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.feed import Feed
from data.feeds.mqtt.mapping import MappingTable
from tests.lane import Lane
from tests.servers import wait_for

#: As deploy/mosquitto.conf in what matters.
CONFIGURATION = """
listener {port} 127.0.0.1
persistence true
persistence_location {folder}/
autosave_on_changes false
autosave_interval 1
max_inflight_messages 0
max_queued_messages 0
log_dest file {folder}/log
"""


def mosquitto_program() -> str:
    """Return the path of the broker; Debian keeps it out of PATH."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    assert found, "the tests need mosquitto: run `make test-tools` or install it"
    return found


@dataclass
class Mosquitto:
    """A broker that can be killed and started again on the same port with the same files."""

    folder: Path
    configuration: str = "allow_anonymous true\n"
    #: A whole configuration, of which only the port is ours.
    own: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        text = CONFIGURATION.format(port=self.port, folder=self.folder) + self.configuration
        if self.own:
            text = self.own.replace("listener 8883", f"listener {self.port} 127.0.0.1")
        path = self.folder / "mosquitto.conf"
        user = pwd.getpwuid(os.geteuid()).pw_name  # as root it would become another user
        path.write_text(f"{text}\nuser {user}\n", "utf-8")
        parent = os.getpid()
        self.process = subprocess.Popen(
            [mosquitto_program(), "-c", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
        )
        wait_for(self.listens)

    def listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def saved(self) -> None:
        """Wait until it has written to disk what it has by now."""
        now, file = time.time(), self.folder / "mosquitto.db"
        wait_for(lambda: file.exists() and file.stat().st_mtime > now)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process)

    def broker(self, number: int = 1, **more: Any) -> Broker:
        """What the product connects to."""
        return Broker("127.0.0.1", self.port, f"xintang-test-{number}", **more)

    @contextlib.contextmanager
    def client(self, will: tuple[str, str] | None = None, **login: Any) -> Iterator[Client]:
        """A gateway's or a tester's client."""
        connected = threading.Event()
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.on_connect = lambda *_: connected.set()
        client.max_queued_messages_set(0)
        client.max_inflight_messages_set(1000)
        if login:
            client.username_pw_set(login["user"], login["password"])
            client.tls_set_context(login["tls"])
        if will is not None:
            client.will_set(*will, qos=1, retain=True)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        assert connected.wait(5)
        try:
            yield client
        finally:
            client.disconnect()
            client.loop_stop()


@contextlib.contextmanager
def run_mosquitto(folder: Path, configuration: str = "allow_anonymous true\n") -> Iterator[Any]:
    """Run a broker."""
    server = Mosquitto(folder, configuration)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def publish(
    client: Client, topic: str, message: object, *, gateway: str = "", **options: Any
) -> None:
    """Publish with QoS 1 and wait until the broker has it."""
    queue(client, topic, message, gateway=gateway, **options).wait_for_publish(10)


def queue(client: Client, topic: str, message: object, *, gateway: str = "", **options: Any) -> Any:
    """Publish with QoS 1 without waiting."""
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    properties = Properties(PacketTypes.PUBLISH)
    if gateway:
        properties.UserProperty = ("gateway", gateway)
    if "reply_to" in options:
        properties.ResponseTopic = options.pop("reply_to")
        properties.CorrelationData = options.pop("known_by")
    return client.publish(topic, raw, **{"qos": 1, "properties": properties, **options})


def reading_topic(device_id: str) -> str:
    return f"xintang/v1/{device_id}/reading"


def fire(number: int, lane: Lane) -> dict[str, object]:
    """What a smoke detector says of a fire."""
    return {
        "message_id": f"f{number}",
        "measured_at": lane.clock().isoformat(),
        "status": "fire",
    }


@dataclass
class Running:
    """The way in while it runs in a thread."""

    feed: Feed
    stop: threading.Event
    thread: threading.Thread

    @property
    def total(self) -> Mapping[str, int]:
        return self.feed.counters.total

    def end(self) -> None:
        self.stop.set()
        self.thread.join(15)
        assert not self.thread.is_alive()


@contextlib.contextmanager
def feeding(
    lane: Lane,
    broker: Broker,
    mapping: MappingTable | None = None,
    *,
    wait: bool = True,
) -> Iterator[Running]:
    """The way in on a lane's database and Redis."""
    feed = Feed(lane.database, lane.present, lane.clock, broker, mapping or MappingTable())
    stop = threading.Event()
    thread = threading.Thread(target=feed.run, args=(stop,))
    running = Running(feed, stop, thread)
    thread.start()
    try:
        if wait:
            wait_for(lambda: feed.link.up)
        yield running
    finally:
        running.end()


def until(what: Callable[[], object], timeout_s: float = 15) -> None:
    """Wait until something is true."""
    wait_for(what, timeout_s, 0.02)
