"""What frames say in the words of the domain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.priority import Priority
from data.feeds.transmitters.identities import Identities, message_id
from data.feeds.transmitters.intake import measured_at
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import Message, translate
from tests.transmitters import frame, part

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
AT = gb.Moment.of(NOW)
NORMAL, FIRE, FAULT = gb.PartFlag.NORMAL, gb.PartFlag.FIRE, gb.PartFlag.FAULT


def message(kind: int, *objects: Any) -> Message:
    return translate(frame(NOW, kind, *objects))


@pytest.mark.parametrize(
    ("state", "part_type", "conditions", "priority"),
    [
        (NORMAL, 40, set(), Priority.TELEMETRY),
        (0, 40, set(), Priority.TELEMETRY),
        (NORMAL | FIRE, 40, {Reported.FIRE}, Priority.FIRE),
        (FIRE, 40, {Reported.FIRE_TEST}, Priority.FIRE),
        (FIRE, 23, {Reported.MANUAL}, Priority.FIRE),
        (FIRE | NORMAL | FAULT, 40, {Reported.FIRE, Reported.FAULT}, Priority.FIRE),
        (NORMAL | gb.PartFlag.POWER_FAULT, 40, {Reported.FAULT}, Priority.FAULT),
        (NORMAL | gb.PartFlag.SUPERVISORY, 40, {Reported.SUPERVISORY}, Priority.FAULT),
        (NORMAL | gb.PartFlag.SHIELDED | gb.PartFlag.STARTED, 91, set(), Priority.TELEMETRY),
    ],
)
def test_the_bits_of_a_part(
    state: int, part_type: int, conditions: set[Reported], priority: Priority
) -> None:
    said = message(gb.Kind.PART_STATE, part(NOW, state, part_type=part_type))
    assert said.said[0].conditions == conditions
    assert said.priority == priority


@pytest.mark.parametrize(
    ("kind", "steps", "part_type", "values"),
    [
        (gb.AnalogueKind.HEIGHT, 123, 92, {"level_m": 1.23}),
        (gb.AnalogueKind.TEMPERATURE, -55, 30, {"temperature_c": -5.5}),
        (gb.AnalogueKind.PRESSURE_MPA, 3, 99, {"pressure_mpa": 0.3}),
        (gb.AnalogueKind.PRESSURE_KPA, 3050, 99, {"pressure_mpa": 0.305}),
        (gb.AnalogueKind.GAS, 81, 10, {"gas_lel_pct": 8.1}),
        (gb.AnalogueKind.CURRENT, 4, 17, {"residual_current_ma": 400.0}),
        (gb.AnalogueKind.CURRENT, 4, 16, {}),
        (gb.AnalogueKind.FLOW, 4, 91, {}),
    ],
)
def test_the_units_of_analogue_values(
    kind: int, steps: int, part_type: int, values: dict[str, float]
) -> None:
    one = gb.Analogue(1, 1, part_type, 7, kind, steps, AT)
    assert message(gb.Kind.ANALOGUE, one).said[0].values == values


@pytest.mark.parametrize(
    ("kind", "one", "noted"),
    [
        (5, gb.SystemVersion(1, 2, 3, 4), ("version", "3.4")),
        (25, gb.TransmitterVersion(1, 7), ("version", "1.7")),
        (6, gb.SystemConfiguration(1, 2, "主机".encode("gb18030")), ("configuration", "主机")),
        (26, gb.TransmitterConfiguration("装置".encode("gb18030")), ("configuration", "装置")),
        (4, gb.Operation(1, 2, gb.OperationFlag.RESET, 9, AT), ("operation", 1)),
        (24, gb.TransmitterOperation(gb.OperationFlag.ANSWERED, 9, AT), ("duty_answer", 32)),
        (21, gb.TransmitterState(gb.TransmitterFlag.WATCHING, AT), ("state", 1)),
    ],
)
def test_what_is_kept_as_an_event(kind: int, one: Any, noted: tuple[str, Any]) -> None:
    (event,) = message(kind, one).noted
    assert event.kind == noted[0]
    assert noted[1] in event.detail.values()


def test_times_versions_and_configurations_of_parts() -> None:
    assert [n.kind for n in message(8, gb.SystemTime(1, 1, AT)).noted] == ["time"]
    assert [n.kind for n in message(28, gb.TransmitterTime(AT)).noted] == ["time"]
    named = gb.PartConfiguration(1, 1, 40, 7, gb.Description.of("机房"))
    (said,) = message(7, named).said
    assert (said.description, said.conditions, said.values) == ("机房", None, {})


def test_faults_of_system_and_transmitter_and_their_fires() -> None:
    bus = gb.SystemState(1, 1, gb.SystemFlag.NORMAL | gb.SystemFlag.BUS_FAULT, AT)
    assert message(1, bus).said[0].conditions == {Reported.FAULT}
    burning = gb.SystemState(1, 1, gb.SystemFlag.NORMAL | gb.SystemFlag.FIRE, AT)
    assert message(1, burning).said[0].conditions == {Reported.FIRE}
    mains = gb.TransmitterState(gb.TransmitterFlag.FIRE | gb.TransmitterFlag.MAINS_FAULT, AT)
    assert message(21, mains).said[0].conditions == {Reported.FIRE, Reported.FAULT}
    cancelled = gb.Operation(1, 1, gb.OperationFlag.FIRE_CANCELLED, 1, AT)
    assert message(4, cancelled).said[0].reported is Reported.RESTORED


@pytest.mark.parametrize("kind", [61, 91, 200])
def test_a_type_that_no_transmitter_sends_is_refused(kind: int) -> None:
    data = bytes((kind, 1, 0, 0))[: 3 if kind == 91 else 4]
    with pytest.raises(gb.ContentError):
        translate(gb.Frame(1, AT, 1, 2, gb.Command.SEND, data))


def test_the_same_state_at_the_same_time_has_the_same_id() -> None:
    def ids(at: datetime, received: datetime, serial: int) -> str:
        one = translate(frame(received, gb.Kind.PART_STATE, part(at), serial=serial))
        return message_id(Received(one, received), one.said[0])

    later = NOW + timedelta(hours=5)
    assert ids(NOW, NOW, 1) == ids(NOW, later, 2)
    assert ids(NOW, NOW, 1) != ids(NOW + timedelta(seconds=1), NOW, 1)
    old = NOW - timedelta(days=400)  # a clock that tells nothing
    assert ids(old, NOW, 1) == ids(old, NOW + timedelta(seconds=9), 1)
    assert ids(old, NOW, 1) != ids(old, NOW, 2)
    assert ids(old, NOW, 1) != ids(old, later, 1)


def test_a_repetition_keeps_its_id_whatever_our_clock_does() -> None:
    since = [0.0]
    given = Identities(lambda: since[0])

    def name(at: datetime, received: datetime, serial: int = 1) -> str:
        one = translate(frame(received, gb.Kind.PART_STATE, part(at), serial=serial))
        return given.of(Received(one, received), one.said[0])

    old = NOW - timedelta(days=400)
    end_of_a_minute = NOW.replace(second=59)
    first = name(old, end_of_a_minute)
    assert name(old, end_of_a_minute + timedelta(seconds=3)) == first
    assert name(NOW, NOW, 2) == name(NOW, NOW - timedelta(hours=1), 2)
    since[0] = 121.0  # nobody repeats a message so late: it is another one
    assert name(old, end_of_a_minute + timedelta(seconds=121)) != first


def test_the_best_time_that_there_is() -> None:
    old, day = NOW - timedelta(days=400), NOW - timedelta(days=1)
    sent = Message(1, 1, NOW - timedelta(seconds=3))
    assert measured_at(Received(sent, NOW), day) == day
    assert measured_at(Received(sent, NOW), old) == NOW - timedelta(seconds=3)
    assert measured_at(Received(Message(1, 1, old), NOW), None) == NOW
