from datetime import UTC, datetime

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.simulated import panel
from data.feeds.transmitters.translate import translate

AT = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)
HEAT = panel.Part(1, 1, 30, 7, "1层 裁剪车间")


def said_of(unit: gb.Unit) -> list[object]:
    """What the way in understands."""
    at = gb.Moment.of(AT)
    frame = gb.Frame(1, at, 889, 1, gb.Command.SEND, gb.build_unit(unit))
    return list(translate(frame).said)


def test_values_arrive_as_they_were_measured() -> None:
    values = {"temperature_c": -3.4, "pressure_mpa": 0.325, "level_m": 2.17, "battery_pct": 88.0}
    (unit,) = panel.value_units(HEAT.analogues(values, AT))
    said = {name: value for one in said_of(unit) for name, value in one.values.items()}  # type: ignore[attr-defined]
    assert said == {"temperature_c": -3.4, "pressure_mpa": 0.325, "level_m": 2.17}


def test_a_state_has_the_words_of_the_panel() -> None:
    (unit,) = panel.state_units([HEAT.state(gb.PartFlag.FIRE | gb.PartFlag.NORMAL, AT)])
    (said,) = said_of(unit)
    assert said.conditions == {Reported.FIRE}  # type: ignore[attr-defined]
    assert (said.description, said.at) == ("1层 裁剪车间", AT)  # type: ignore[attr-defined]


def test_a_frame_has_no_more_than_it_has_room_for() -> None:
    states = [HEAT.state(gb.PartFlag.NORMAL, AT)] * 50
    values = HEAT.analogues({"temperature_c": 20.0}, AT) * 130
    for units, number in ((panel.state_units(states), 50), (panel.value_units(values), 130)):
        assert sum(len(unit.objects) for unit in units) == number
        assert max(len(gb.build_unit(unit)) for unit in units) <= 1024
        assert len(units) == 3


def test_buttons_at_the_panel_and_at_the_transmitter() -> None:
    (said,) = said_of(panel.operation(gb.OperationFlag.MANUAL_ALARM, 1, AT))
    assert said.reported == Reported.MANUAL  # type: ignore[attr-defined]
    (said,) = said_of(panel.pressed(gb.OperationFlag.MANUAL_ALARM, 1, AT))
    assert (said.reported, said.place) == (Reported.MANUAL, None)  # type: ignore[attr-defined]
    (said,) = said_of(panel.own_state(gb.TransmitterFlag.MAINS_FAULT, AT))
    assert said.conditions == {Reported.FAULT}  # type: ignore[attr-defined]
