"""Messages a second from a real mosquitto to committed and acknowledged: ``make bench-mqtt``.

What waits in the consumers' sessions is taken in turns: by paho alone, which acknowledges what it
has not looked at; by the parts of ``app.py mqtt`` with SQLite and Redis; by two processes of them,
which share. Beside it the pipeline alone, without a broker. Then fires, one at a time, from the
publisher to the screens' event stream.

One JSON line a figure. ``per_cpu_s`` is what another load on the machine does not change.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from redis import Redis
from sqlalchemy import select

from bench.harness import report, spread
from data.demo.generate import generate_town
from data.domain.readings import Reading
from data.embedded import EmbeddedRedis
from data.feeds.mqtt.broker import Broker
from data.feeds.mqtt.feed import Feed
from data.feeds.mqtt.letters import READINGS
from data.feeds.mqtt.link import GROUP
from data.feeds.mqtt.mapping import MappingTable
from data.feeds.mqtt.waiting import BATCH, RECEIVE_MAXIMUM
from data.live import keys
from data.live.present import Present
from data.live.rebuild import rebuild
from data.pipeline import Pipeline
from data.reference.load import load_reference
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.models import Device
from tests.brokers import Mosquitto, queue, reading_topic, run_mosquitto
from tests.servers import ROOT, wait_for

DEVICES, FIRES = 2000, 60
program = typer.Typer(add_completion=False)


def now() -> datetime:
    return datetime.now(UTC)


class Alone:
    """paho by itself: the same session, acknowledged at once."""

    def __init__(self, port: int, client_id: str) -> None:
        self.count = 0
        client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5)
        client.on_connect = self._connected
        client.on_message = self._came
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 3600
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        client.connect("127.0.0.1", port, clean_start=False, properties=properties)
        client.loop_start()
        self._client = client

    def _connected(self, client: Client, *_: object) -> None:
        client.subscribe(f"{GROUP}{READINGS}", qos=1)

    def _came(self, *_: object) -> None:
        self.count += 1

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Whole:
    """The way in as its process runs it."""

    def __init__(self, port: int, client_id: str, database_url: str, redis_url: str) -> None:
        broker = Broker("127.0.0.1", port, client_id)
        present = Present(Redis.from_url(redis_url))
        feed = Feed(Database(database_url), present, now, broker, MappingTable())
        self._feed, self._end = feed, threading.Event()
        self._thread = threading.Thread(target=feed.run, args=(self._end,))
        self._thread.start()

    @property
    def count(self) -> int:
        return self._feed.counters.total["acknowledged"]

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


@program.command()
def consume(
    port: int, client_id: str, database_url: str = "", redis_url: str = "", quiet_s: float = 2
) -> None:
    """Take what waits until nothing comes any more; print how many, how long and how much CPU."""
    whole = bool(database_url)
    one = Whole(port, client_id, database_url, redis_url) if whole else Alone(port, client_id)
    first = last = 0.0
    cpu = used = 0.0
    count = 0
    while not first or time.perf_counter() - last < quiet_s:
        time.sleep(0.005)
        if one.count != count:
            count, last, used = one.count, time.perf_counter(), time.process_time()
            if not first:
                first, cpu = last, used
    one.stop()
    memory = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    said = {"taken": count, "s": last - first, "cpu_s": used - cpu, "peak_mb": round(memory)}
    sys.stdout.write(json.dumps(said) + "\n")


def consumers(commands: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Run some consumers at the same time."""
    start = [sys.executable, "-m", "bench.mqtt", "consume"]
    running = [
        subprocess.Popen([*start, *command], cwd=ROOT, stdout=subprocess.PIPE)
        for command in commands
    ]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]


def fill(server: Mosquitto, devices: Sequence[str], messages: int, mark: str) -> None:
    """Publish telemetry and wait until the broker has all of it."""
    with server.client() as client:
        at = now().isoformat()
        sent = [
            queue(
                client,
                reading_topic(devices[number % len(devices)]),
                {
                    "message_id": f"{mark}-{number}",
                    "measured_at": at,
                    "values": {"temperature_c": 20 + number % 7, "battery_pct": 90},
                },
            )
            for number in range(messages)
        ]
        for one in sent:
            one.wait_for_publish(120)


def measure(
    server: Mosquitto, what: str, devices: Sequence[str], messages: int, more: Sequence[str], n: int
) -> None:
    """Let sessions begin, fill them, take it all."""
    names = [f"{what}-{number}" for number in range(1, n + 1)]
    for name in names:
        beginning = Alone(server.port, name)
        time.sleep(0.5)
        beginning.stop()
    fill(server, devices, messages, f"{what}-{time.time():.0f}")
    took = consumers([[str(server.port), name, *more] for name in names])
    taken, cpu = sum(one["taken"] for one in took), sum(one["cpu_s"] for one in took)
    # The session would take a share of what comes for the others.
    for name in names:
        forget(server.port, name)
    report(
        what,
        messages=messages,
        taken=taken,
        per_s=round(taken / max(one["s"] for one in took)),
        per_cpu_s=round(taken / cpu),
        peak_mb=max(one["peak_mb"] for one in took),
    )


def pipeline_alone(url: str, redis_url: str, devices: Sequence[str], messages: int) -> None:
    """The same readings in batches of the same size, without a broker."""
    database, at, mark = Database(url), now(), time.time()
    pipeline = Pipeline(database, Present(Redis.from_url(redis_url)), now)
    readings = [
        Reading(
            devices[number % len(devices)],
            f"{mark}-{number}",
            at,
            at,
            values={"temperature_c": 20 + number % 7, "battery_pct": 90},
        )
        for number in range(messages)
    ]
    clock, cpu = time.perf_counter(), time.process_time()
    for begin in range(0, messages, BATCH):
        pipeline.ingest(readings[begin : begin + BATCH])
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    database.close()
    report("pipeline alone", per_s=round(messages / clock), per_cpu_s=round(messages / cpu))


def forget(port: int, name: str) -> None:
    """End a session."""
    client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
    client.connect("127.0.0.1", port, clean_start=True)
    client.loop_start()
    wait_for(client.is_connected)
    client.disconnect()
    client.loop_stop()


def fires(server: Mosquitto, devices: Sequence[str], database_url: str, redis_url: str) -> None:
    """Fires one at a time: from the publisher's call to the event, in milliseconds."""
    whole = Whole(server.port, "fires-1", database_url, redis_url)
    wait_for(lambda: whole._feed.link.up)
    delays = []
    with server.client() as client, Redis.from_url(redis_url) as redis:
        for device_id in devices:
            last: Any = redis.xrevrange(keys.EVENTS, count=1)
            began = time.perf_counter()
            queue(client, reading_topic(device_id), {"status": "fire"})
            redis.xread({keys.EVENTS: last[0][0]}, count=1, block=10_000)
            delays.append((time.perf_counter() - began) * 1000)
    whole.stop()
    report("fire, publisher to event stream, ms", **spread(delays))


@program.command()
def main(
    messages: Annotated[int, typer.Option(help="of each run")] = 20_000, runs: int = 3
) -> None:
    """Measure all of it, in turns."""
    with (
        tempfile.TemporaryDirectory(prefix="xt-bench-") as folder,
        EmbeddedRedis() as redis_server,
    ):
        where = Path(folder)
        url = f"sqlite:///{where / 'xintang.db'}"
        upgrade(url)
        database = Database(url)
        with database.writing() as session:
            load_reference(session)
        generate_town(database, devices=DEVICES, seed=1, now=now(), progress=lambda *_: None)
        with Redis.from_url(redis_server.url) as redis:
            rebuild(database, Present(redis), now(), lambda: None)
        with database.reading() as session:
            found = list(session.execute(select(Device.id, Device.kind).order_by(Device.id)))
        heat = [row.id for row in found if row.kind in ("heat", "smoke", "gas")]
        quiet = [row.id for row in found if row.kind == "charger"][:FIRES]
        stored = ["--database-url", url, "--redis-url", redis_server.url]
        with run_mosquitto(where) as server:
            for _ in range(runs):
                measure(server, "paho alone", heat, messages, (), 1)
                pipeline_alone(url, redis_server.url, heat, messages)
                measure(server, "committed and acknowledged", heat, messages, stored, 1)
                measure(server, "two processes", heat, messages, stored, 2)
            fires(server, quiet, url, redis_server.url)


if __name__ == "__main__":
    program()
