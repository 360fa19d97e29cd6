"""Messages on our own topics, without a broker."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.words import Reported
from data.feeds.mqtt.letters import Content, Letter, translate
from data.feeds.mqtt.mapping import MappingTable, load_mapping
from data.feeds.priority import Priority
from tests.servers import ROOT

AT = datetime(2026, 6, 1, 4, tzinfo=UTC)
MAPPING = load_mapping(ROOT / "deploy" / "mqtt-mapping.toml")


def letter(message: object, topic: str = "xintang/v1/S0/reading", **more: Any) -> Letter:
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Letter(topic, raw, AT, **more)


def read(message: object, topic: str = "xintang/v1/S0/reading", **more: Any) -> Content:
    return translate(letter(message, topic, **more), MappingTable())


def test_a_reading_as_of_http_and_the_device_may_be_left_to_the_topic() -> None:
    item = {"message_id": "m", "measured_at": "2026-06-01T11:59:58+08:00", "values": {}}
    item["values"] = {"smoke_pct": 2.5}
    content = read(item, gateway="G1")
    (reading,) = content.readings
    assert (reading.device_id, reading.message_id) == ("S0", "m")
    assert reading.measured_at == AT - timedelta(seconds=2)
    assert reading.received_at == AT
    assert (content.gateway, content.lane) == ("G1", Priority.TELEMETRY)
    assert read({**item, "device_id": "S0"}).readings == content.readings
    other = read({**item, "device_id": "S1"})
    assert other.readings == ()
    assert "'S1' is not the topic's 'S0'" in other.faults[0].text


@pytest.mark.parametrize("when", [None, "soon", 7, "1970-01-01T00:00:00Z", "2026-06-01T04:00:00"])
def test_no_fire_is_lost_to_a_broken_clock(when: object) -> None:
    (reading,) = read({"message_id": "m", "measured_at": when, "status": "fire"}).readings
    assert (reading.reported, reading.measured_at) == (Reported.FIRE, AT)


@pytest.mark.parametrize(
    "values", [{"smoke_pct": 140}, {"smoke_pct": "x"}, {"unknown": 1}, {"smoke_pct": float("nan")}]
)
def test_no_fire_is_lost_to_a_value_that_cannot_be(values: dict[str, object]) -> None:
    content = read({"message_id": "m", "status": "fire", "values": values})
    (reading,) = content.readings
    assert (reading.reported, reading.values) == (Reported.FIRE, {})
    assert len(content.faults) == 1
    assert content.lane is Priority.FIRE


def test_a_value_out_of_range_costs_only_itself() -> None:
    content = read({"message_id": "m", "values": {"smoke_pct": 140, "battery_pct": 50}})
    assert content.readings[0].values == {"battery_pct": 50}
    assert content.faults[0].reason == "value"
    assert read({"message_id": "m", "values": {"smoke_pct": 140}}).readings == ()


@pytest.mark.parametrize(
    ("message", "priority"),
    [
        ({"status": "manual"}, Priority.FIRE),
        ({"status": "fire_test"}, Priority.FIRE),
        ({"values": {"smoke_pct": 15}}, Priority.FIRE),
        ({"values": {"temperature_c": 66}}, Priority.FIRE),
        ({"status": "fault"}, Priority.FAULT),
        ({"status": "supervisory"}, Priority.FAULT),
        ({"status": "normal"}, Priority.TELEMETRY),
        ({"status": "alive"}, Priority.TELEMETRY),
        ({"values": {"temperature_c": 30, "level_m": 100}}, Priority.TELEMETRY),
    ],
)
def test_what_is_urgent(message: dict[str, object], priority: Priority) -> None:
    content = read(message)
    assert content.faults == ()
    assert content.lane is priority


def test_a_message_without_an_id_gets_the_same_one_when_it_comes_again() -> None:
    dated = letter({"measured_at": AT.isoformat(), "status": "fire"}, mid=1)
    again = replace(dated, at=AT + timedelta(minutes=9), mid=2)
    assert message_id(dated) == message_id(again)
    assert message_id(dated) != message_id(letter({"measured_at": AT.isoformat()}, mid=1))

    # Without a time two equal messages are two, unless the broker says that they are one.
    bare = letter({"status": "alive"}, mid=1)
    assert message_id(bare) == message_id(replace(bare, at=AT + timedelta(minutes=9)))
    assert message_id(bare) != message_id(replace(bare, mid=2))
    loose = replace(bare, qos=0, mid=0)
    assert message_id(loose) != message_id(replace(loose, at=AT + timedelta(seconds=1)))


def message_id(one: Letter) -> str:
    content = translate(one, MappingTable())
    return content.readings[0].message_id if content.readings else content.faults[0].text


@pytest.mark.parametrize(
    ("payload", "online", "devices"),
    [
        (b"online", True, None),
        (b'"offline"', False, None),
        (b"offline\n", False, None),
        (b'{"state": "online", "devices": ["S1", "S0", "S1"]}', True, ("S0", "S1")),
    ],
)
def test_what_a_gateway_says(payload: bytes, online: bool, devices: tuple[str, ...] | None) -> None:
    state = read(payload, "xintang/v1/gateways/G1/state").state
    assert state is not None
    assert (state.name, state.online, state.devices) == ("G1", online, devices)


@pytest.mark.parametrize(
    "payload", [b"on", b'{"state": 1}', b'{"state": "online", "devices": "S0"}', b"{"]
)
def test_a_state_that_is_none_is_a_fault(payload: bytes) -> None:
    content = read(payload, "xintang/v1/gateways/G1/state")
    assert content.state is None
    assert len(content.faults) == 1


def test_a_state_that_was_deleted_says_nothing() -> None:
    content = read(b"", "xintang/v1/gateways/G1/state")
    assert (content.state, content.faults) == (None, ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["status", "values", "list", "smoke_pct", "message_id", "ev", "payload"]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
TOPICS = st.sampled_from(
    [
        "xintang/v1/S0/reading",
        "xintang/v1/gateways/G/state",
        "nbiot/aep/861234567890123/dataReport",
        "gas/GW-0017/report",
        "water/up",
        "charge/JJ-XT-018/pile/1/telemetry",
        "elsewhere",
    ]
)


@given(topic=TOPICS, payload=st.binary() | JSON.map(lambda v: json.dumps(v).encode()))
def test_whatever_comes_is_read_or_a_fault(topic: str, payload: bytes) -> None:
    content = translate(Letter(topic, payload, AT, 1), MAPPING)
    assert len(content.readings) <= 1000
