"""Every type there and back; what fits no type is refused with the codec's own error."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.feeds.gb26875 import (
    Analogue,
    AnalogueKind,
    ContentError,
    Description,
    Kind,
    Moment,
    PartFlag,
    PartState,
    Plain,
    SystemConfiguration,
    TransmitterConfiguration,
    Unit,
    build_unit,
    parse_unit,
)
from tests.gb_strategies import RECORDS, UNITS, units_of

AT = Moment.of(datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC))


def test_every_type_has_a_strategy_here() -> None:
    assert set(RECORDS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name)
def test_a_unit_of_any_type_comes_back(kind: Kind) -> None:
    @settings(max_examples=25)
    @given(units_of(kind))
    def there_and_back(unit: Unit) -> None:
        raw = build_unit(unit)
        assert raw[:2] == bytes((kind, len(unit.objects)))
        assert parse_unit(raw) == unit

    there_and_back()


@given(st.binary(max_size=1024))
def test_any_bytes_are_a_unit_that_comes_back_or_a_content_error(raw: bytes) -> None:
    try:
        unit = parse_unit(raw)
    except ContentError:
        return
    assert (b"" if unit is None else build_unit(unit)) == raw


@given(UNITS, st.data())
def test_a_unit_that_is_cut_or_has_more_is_refused(unit: Unit, data: st.DataObject) -> None:
    raw = build_unit(unit)
    if unit.kind >= 128:
        return
    with pytest.raises(ContentError):
        parse_unit(raw + b"\0")
    if unit.objects:
        cut = data.draw(st.integers(1, len(raw) - 1))
        with pytest.raises(ContentError):
            parse_unit(raw[:cut])


def test_the_bytes_of_a_part_state_stand_where_the_standard_says() -> None:
    part = PartState(1, 2, 40, 0x04030201, PartFlag.FIRE, Description.of("走廊"), AT)
    raw = build_unit(Unit(Kind.PART_STATE, (part,)))
    assert raw.hex(" ") == (
        "02 01 01 02 28 01 02 03 04 02 00 d7 df c0 c8 " + "00 " * 27 + "07 18 0a 16 0b 1a"
    )


def test_an_analogue_value_is_signed() -> None:
    cold = Analogue(1, 1, 30, 7, AnalogueKind.TEMPERATURE, -105, AT)
    raw = build_unit(Unit(Kind.ANALOGUE, (cold,)))
    assert raw[2:12].hex() == "01011e070000000397ff"
    assert parse_unit(raw) == Unit(Kind.ANALOGUE, (cold,))


def test_texts_of_their_own_length_are_read_as_gb_18030() -> None:
    system = SystemConfiguration(1, 1, "东区报警主机".encode("gb18030"))
    transmitter = TransmitterConfiguration("装置一".encode("gb18030"))
    assert (system.text, transmitter.text) == ("东区报警主机", "装置一")
    raw = build_unit(Unit(Kind.SYSTEM_CONFIGURATION, (system, system)))
    assert raw[:5] == bytes((6, 2, 1, 1, 12))
    assert parse_unit(raw) == Unit(Kind.SYSTEM_CONFIGURATION, (system, system))


@pytest.mark.parametrize("kind", [0, 9, 22, 60, 92, 127, 255])
def test_a_reserved_type_is_refused(kind: int) -> None:
    with pytest.raises(ContentError, match=f"type {kind} is reserved"):
        parse_unit(bytes((kind, 1, 0)))
    with pytest.raises(ContentError):
        build_unit(Unit(kind, (Plain(),)))


@pytest.mark.parametrize(
    "unit",
    [
        Unit(Kind.DUTY_CHECK, (Plain(),) * 256),
        Unit(Kind.PART_STATE, (Plain(),)),
        Unit(Kind.INITIALISE, (Plain(300),)),
        Unit(Kind.TRANSMITTER_CONFIGURATION, (TransmitterConfiguration(bytes(256)),)),
        Unit(200, (Plain(),)),
        Unit(200, ()),
    ],
)
def test_what_has_no_bytes_is_refused(unit: Unit) -> None:
    with pytest.raises(ContentError):
        build_unit(unit)


@given(st.text(st.characters(codec="gb18030", categories=("L", "N", "P")), min_size=1))
def test_a_description_is_cut_between_characters(text: str) -> None:
    description = Description.of(text)
    assert text.startswith(description.text)
    assert len(bytes(description)) == 31
    longer = [Description.of(text[:n]).text for n in range(len(text) + 1)]
    assert all(after.startswith(before) for before, after in pairwise(longer))


def test_half_a_character_at_the_end_of_a_description_is_left_out() -> None:
    raw = "一二三四五六七八九十甲乙丙丁戊".encode("gb18030") + b"\xbc"
    assert Description(raw).text == "一二三四五六七八九十甲乙丙丁戊"
    assert Description(b"A\x07B".ljust(31)).text == "A B"


def test_a_time_that_is_none_is_kept_but_has_no_meaning() -> None:
    assert Moment(bytes(6)).utc is None
    assert Moment(bytes((7, 24, 10, 22, 11, 26))).utc == datetime(
        2026, 11, 22, 2, 24, 7, tzinfo=UTC
    )
    with pytest.raises(ContentError):
        Moment(bytes(5))
    with pytest.raises(ContentError):
        Moment.of(datetime(1999, 1, 1, tzinfo=UTC))
    with pytest.raises(ContentError):
        Description(b"too short")
    with pytest.raises(ContentError):
        Description.of("\ud800")
