"""The processes themselves: killed in the middle they lose nothing, two of them share the load."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
from sqlalchemy import select

from data.children import stop_child
from data.live import keys
from data.store.database import Database
from data.store.models import AlarmRow, Device, DeviceState
from tests.brokers import Mosquitto, fire, publish, queue, reading_topic, until
from tests.lane import Lane
from tests.servers import ROOT, launch, run_application

#: Fewer a device than the pipeline remembers message ids of it.
KILLS, FIRES = 4, 120


def start(
    lane: Lane, redis_url: str, mosquitto: Mosquitto, folder: Path, number: int = 1, **more: str
) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "XT_DATABASE_URL": lane.database.url,
        "XT_REDIS_URL": redis_url,
        "XT_MQTT_URL": f"mqtt://127.0.0.1:{mosquitto.port}",
        "XT_MQTT_CLIENT_ID": "of-the-tests",
        "XT_DATA_DIR": str(folder),
        **more,
    }
    command = [sys.executable, str(ROOT / "app.py"), "mqtt", "--process", str(number)]
    with (folder / f"output-{number}").open("ab") as output:
        return subprocess.Popen(command, env=environment, cwd=folder, stderr=output)


def is_up(lane: Lane, number: int = 1) -> bool:
    told = lane.redis.hget(keys.MQTT_LINKS, f"of-the-tests-{number}")
    return bool(told) and orjson.loads(told)["up"]


def count(lane: Lane, what: str) -> int:
    return int(lane.redis.hget(keys.MQTT_COUNTS, what) or 0)


def now(lane: Lane) -> None:
    """The processes have the real clock."""
    lane.clock.now = datetime.now(UTC)


def test_killed_in_the_middle_it_loses_nothing_and_doubles_nothing(
    lane: Lane, redis_url: str, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    now(lane)
    process = start(lane, redis_url, mosquitto, tmp_path)
    until(lambda: is_up(lane), 30)
    try:
        with mosquitto.client() as client:
            for number in range(FIRES):
                queue(client, reading_topic(f"S{number % 4}"), fire(number, lane))
                if number % (FIRES // KILLS) == FIRES // KILLS // 2:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    process = start(lane, redis_url, mosquitto, tmp_path)
            last = {"message_id": "last", "measured_at": lane.clock().isoformat()}
            publish(client, reading_topic("P0"), {**last, "values": {"pressure_mpa": 0.3}})
        until(lambda: "P0" in {row.device_id for row in lane.rows(DeviceState)}, 60)
        until(lambda: count(lane, "acknowledged") > 0)
    finally:
        code = stop_child(process)
    assert code == 0
    alarms = lane.rows(AlarmRow)
    assert sorted(alarm.device_id for alarm in alarms) == ["S0", "S1", "S2", "S3"]
    # Each fire said again is one repetition of its device's alarm, and only one.
    assert sum(alarm.count for alarm in alarms) == FIRES


def test_two_processes_share_the_messages_and_each_is_taken_once(
    lane: Lane, redis_url: str, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    now(lane)
    processes = [start(lane, redis_url, mosquitto, tmp_path, number) for number in (1, 2)]
    try:
        until(lambda: is_up(lane, 1) and is_up(lane, 2), 30)
        with mosquitto.client() as client:
            for number in range(FIRES):
                queue(client, reading_topic(f"S{number % 4}"), fire(number, lane))
            until(lambda: count(lane, "acknowledged") == FIRES, 60)
    finally:
        codes = [stop_child(process) for process in processes]
    assert codes == [0, 0]
    assert count(lane, "received") == FIRES
    assert count(lane, "duplicate") == 0
    assert sum(alarm.count for alarm in lane.rows(AlarmRow)) == FIRES
    outputs = [(tmp_path / f"output-{number}").read_text("utf-8") for number in (1, 2)]
    assert all("broker connected" in output for output in outputs)


def test_a_wrong_mapping_ends_the_process_with_a_sentence(
    lane: Lane, redis_url: str, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[[source]]\nname = "a"\ntopic = "a"\ndevice = "topic["\n', "utf-8")
    process = start(lane, redis_url, mosquitto, tmp_path, XT_MQTT_MAPPING=str(mapping))
    assert process.wait(30) == 1
    said = (tmp_path / "output-1").read_text("utf-8")
    assert "source 1 (a), device: 'topic['" in said
    assert str(mapping) in said


def test_the_launcher_starts_it_and_starts_it_again(
    town_file: Path, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    url = f"mqtt://127.0.0.1:{mosquitto.port}"
    with run_application(tmp_path, town=town_file, XT_MQTT_URL=url) as application:
        database = Database(application.database_url)
        with database.reading() as session:
            device_id = session.scalars(select(Device.id).where(Device.kind == "smoke")).first()
        assert device_id is not None

        def was_raised(message_id: str) -> bool:
            wanted = select(AlarmRow.id).where(AlarmRow.message_id == message_id)
            with database.reading() as session:
                return session.scalars(wanted).first() is not None

        with mosquitto.client() as client:
            publish(client, reading_topic(device_id), {"message_id": "mq1", "status": "fault"})
            until(lambda: was_raised("mq1"), 30)
            os.kill(application.child("app.py mqtt"), signal.SIGKILL)
            publish(client, reading_topic(device_id), {"message_id": "mq2", "status": "fire"})
            until(lambda: was_raised("mq2"), 60)
        database.close()
        assert "mqtt stopped; it is started again" in application.output


def test_the_launcher_refuses_a_wrong_mapping_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text("[[source]]\n", "utf-8")
    told = {"XT_MQTT_URL": "mqtt://127.0.0.1", "XT_MQTT_MAPPING": "mapping.toml"}
    process = launch(tmp_path, **told)
    assert process.process.wait(60) == 1
    assert "source 1 (?), name: Field required" in process.output
    assert not (tmp_path / "var").exists()
