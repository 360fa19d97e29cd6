"""The mapping file: read, refused, and the example that comes with the product."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.domain.words import Reported
from data.errors import StartError
from data.feeds.mqtt.letters import Letter, translate
from data.feeds.mqtt.mapping import MappingTable, load_mapping
from data.feeds.priority import Priority
from tests.servers import ROOT

EXAMPLE = ROOT / "deploy" / "mqtt-mapping.toml"
AT = datetime(2026, 11, 22, 2, 24, 30, tzinfo=UTC)
SENT = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)


def mapping_of(folder: Path, text: str) -> MappingTable:
    path = folder / "mapping.toml"
    path.write_text(text, "utf-8")
    return load_mapping(path)


def read(topic: str, message: object, mapping: MappingTable | None = None):
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return translate(Letter(topic, raw, AT, 7), mapping or load_mapping(EXAMPLE))


def examples() -> list[tuple[str, str]]:
    """Topic and payload of every example that the comments of the file show."""
    text = "\n".join(
        line.removeprefix("#").strip()
        for line in EXAMPLE.read_text("utf-8").splitlines()
        if line.startswith("#")
    )
    pattern = r"^([a-zA-Z0-9/-]+/[a-zA-Z0-9/-]+)\n(\{.*?\}+)$"
    return re.findall(pattern, text, re.MULTILINE | re.DOTALL)


def test_every_payload_that_the_example_shows_is_read_without_a_fault() -> None:
    shown = examples()
    assert len(shown) == 4
    for topic, payload in shown:
        content = read(topic, payload.encode())
        assert content.faults == (), topic
        assert all(reading.measured_at == SENT for reading in content.readings), topic


def test_the_readings_of_the_example() -> None:
    smoke, gas, water, charger = (read(topic, raw.encode()) for topic, raw in examples())
    (reading,) = smoke.readings
    assert (reading.device_id, reading.message_id) == ("XT-SMK-000001", "nb-smoke-4711")
    assert reading.reported is Reported.FIRE
    assert reading.values == {"smoke_pct": 23, "temperature_c": 28.5, "battery_pct": 96}
    assert smoke.lane is Priority.FIRE

    low, well = gas.readings
    assert (low.device_id, low.reported, low.values) == (
        "XT-GAS-000001",
        Reported.PREALARM,
        {"gas_lel_pct": 12.5},
    )
    assert (well.message_id, well.reported) == ("gas-902-1", Reported.NORMAL)
    assert gas.gateway == "GW-0017"

    (reading,) = water.readings
    assert reading.conditions == {Reported.SUPERVISORY}
    assert reading.values == {"pressure_mpa": 0.352, "battery_pct": pytest.approx(97.8, abs=0.1)}

    (reading,) = charger.readings
    assert (reading.device_id, reading.reported) == ("XT-CHG-000002", Reported.NORMAL)


def test_words_numbers_and_limits_of_the_example() -> None:
    burning = {"msgId": "b8", "ts": "20261122102407", "smoke": True, "state": "charging"}
    (reading,) = read("charge/JJ-XT-018/pile/1/telemetry", burning).readings
    assert (reading.device_id, reading.reported) == ("XT-CHG-000001", Reported.FIRE)

    water = {"imei": "867700001234567", "t": 1795314247, "press": 300, "vbat": 3700, "ev": []}
    (reading,) = read("water/up", water).readings
    assert reading.conditions == frozenset()
    assert reading.values["battery_pct"] == 100

    other = {"messageType": "commandResponse", "IMEI": "861234567890123"}
    content = read("nbiot/aep/861234567890123/dataReport", other)
    assert (content.readings, content.faults) == ((), ())


def test_what_a_vendor_got_wrong_costs_only_itself() -> None:
    message = {
        "gw": "GW-0017",
        "time": "yesterday",
        "list": [
            {"addr": 3, "lel": "much", "st": "HIGH_ALARM"},
            {"addr": 9, "lel": "1", "st": "OK"},
            {"addr": 4, "lel": True, "st": "NEW_WORD"},
            {"addr": 4, "lel": "2.5", "st": "NEW_WORD"},
        ],
    }
    content = read("gas/GW-0017/report", message)
    fire, rest = content.readings
    assert (fire.reported, fire.values, fire.measured_at) == (Reported.FIRE, {}, AT)
    assert (rest.reported, rest.values) == (None, {"gas_lel_pct": 2.5})
    said = [fault.text for fault in content.faults]
    assert "item 0: time 'yesterday' is not %Y-%m-%d %H:%M:%S" in said
    assert "item 0: gas_lel_pct: 'much' is not a number" in said
    assert "item 1: number 'GW-0017/9' is not in the devices of gas" in said
    assert "item 3: status 'NEW_WORD' is not in the mapping's words" in said


@pytest.mark.parametrize("payload", [b"", b"{", b"[" * 5000, b"\xff\xfe", b"null", b"[]", b'"x"'])
def test_garbage_is_a_fault_and_nothing_else(payload: bytes) -> None:
    for topic in ("gas/GW-0017/report", "water/up", "xintang/v1/S0/reading"):
        content = read(topic, payload)
        assert content.readings == ()
        assert len(content.faults) == 1


def test_numbers_may_stand_in_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("number,device_id,place\n007,S0,一楼\n008,S1,\n", "utf-8")
    source = """
        [[source]]
        name = "a"
        topic = "a/+"
        device = "topic[1]"
        devices = "numbers.csv"
        [source.values]
        smoke_pct = "item"
    """
    mapping = mapping_of(tmp_path, source)
    assert [r.device_id for r in read("a/007", 1.5, mapping).readings] == ["S0"]
    assert read("a/7", 1.5, mapping).faults[0].reason == "device"


GOOD = """
[[source]]
name = "a"
topic = "a/+"
device = "topic[1]"
[source.values]
smoke_pct = "item.s"
"""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[source]", "Expected ']]'"),
        ("", "source: Field required"),
        (GOOD.replace('"topic[1]"', '"topic["'), r"source 1 \(a\), device: 'topic\[' is no JMES"),
        (GOOD.replace("smoke_pct", "smoke"), r"source 1 \(a\), values: unknown value smoke;"),
        (GOOD.replace('"a/+"', '"a/b+"'), r"source 1 \(a\), topic: \+ must stand alone"),
        (GOOD.replace('"a/+"', '"a/#/b"'), r"source 1 \(a\), topic: # must be the last"),
        (GOOD.replace('"a/+"', '"a#"'), r"source 1 \(a\), topic: # must be the last"),
        (GOOD.replace('"a/+"', '"xintang/v1/+/x"'), r"topic: xintang/v1/… are our own"),
        (GOOD.replace('"a/+"', '"$share/g/a"'), r"topic: must be a topic filter"),
        (GOOD + GOOD, "source: name 'a' stands twice"),
        (GOOD + GOOD.replace('"a"', '"b"'), "source: topic 'a/\\+' stands twice"),
        (GOOD.split("[source.values]", maxsplit=1)[0], r"source 1 \(a\): a source needs a status"),
        (GOOD.replace("topic =", "topics ="), r"source 1 \(a\), topics: Extra inputs"),
        (
            GOOD + '[source.time]\nat = "item.t"\nformat = "dmy"',
            r"source 1 \(a\), time.format: must",
        ),
        (GOOD + '[source.time]\nat = "item.t"\nzone = "Mars/A"', "time.zone: 'Mars/A' is no time"),
        (GOOD + '[source.status]\nat = "item.a"\nwords = {1 = "hot"}', "unknown status 'hot'; kno"),
        (GOOD + '[source.devices]\n"1" = 2', r"source 1 \(a\), devices"),
    ],
)
def test_a_wrong_mapping_is_refused_with_file_entry_and_reason(
    tmp_path: Path, text: str, wrong: str
) -> None:
    with pytest.raises(StartError, match=wrong) as refused:
        mapping_of(tmp_path, text)
    assert str(tmp_path / "mapping.toml") in str(refused.value)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (None, "can't be read"),
        ("number\n1\n", "no column device_id"),
        ("number,device_id\n1,\n", "line 2: number or device is missing"),
        ("number,device_id\n1,S0\n1,S1\n", "line 3: 1 stands twice"),
    ],
)
def test_a_wrong_file_of_numbers_is_refused(tmp_path: Path, text: str | None, wrong: str) -> None:
    if text is not None:
        (tmp_path / "n.csv").write_text(text, "utf-8")
    with pytest.raises(StartError, match=rf"source 1 \(a\), devices: .*{wrong}"):
        mapping_of(tmp_path, GOOD.replace("[source.values]", 'devices = "n.csv"\n[source.values]'))


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"none\.toml .*No such file"):
        load_mapping(tmp_path / "none.toml")
    assert load_mapping(None).sources == ()
