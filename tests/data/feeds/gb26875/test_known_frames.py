"""Known answers: the real frames, what each says, and the same bytes back."""

from datetime import UTC, datetime

import pytest

from data.feeds.gb26875 import (
    ChecksumError,
    Command,
    Damaged,
    DutyCheck,
    Frame,
    FrameStream,
    OperationFlag,
    PartFlag,
    PartState,
    TransmitterFlag,
    TransmitterOperation,
    TransmitterState,
    Unit,
    build_unit,
    decode_frame,
    parse_unit,
)
from tests.gb_real import BY_NAME, REAL, RealFrame

ACCEPTED = [frame for frame in REAL if frame.accepted]


def only_object(name: str) -> object:
    unit = parse_unit(decode_frame(BY_NAME[name]).data)
    assert unit is not None
    (found,) = unit.objects
    return found


def test_all_seven_frames_are_here() -> None:
    assert len(REAL) == 7
    assert [frame.name for frame in REAL if not frame.accepted] == ["bad checksum"]


@pytest.mark.parametrize("real", ACCEPTED, ids=lambda real: real.name)
def test_a_real_frame_comes_back_as_the_same_bytes(real: RealFrame) -> None:
    frame = decode_frame(real.raw)
    assert frame.encode() == real.raw
    unit = parse_unit(frame.data)
    assert (b"" if unit is None else build_unit(unit)) == frame.data
    assert f"cmd {frame.command} " in real.meaning
    assert f"src {frame.source} dst {frame.destination}" in real.meaning
    assert frame.at.utc is not None
    assert frame.at.utc.astimezone(UTC).timestamp() == pytest.approx(_said(real.meaning))


def _said(meaning: str) -> float:
    """Seconds since 1970 of the local time that stands in the comment."""
    text = next(part for part in meaning.split(" | ") if part.startswith("20"))
    return datetime.fromisoformat(f"{text}+08:00").timestamp()


def test_the_frame_with_a_wrong_sum_is_refused_but_says_whom_to_deny() -> None:
    raw = BY_NAME["bad checksum"]
    with pytest.raises(ChecksumError):
        decode_frame(raw)
    (found,) = FrameStream().feed(raw)
    assert isinstance(found, Damaged)
    assert (found.frame.serial, found.frame.source, found.frame.command) == (0, 0, Command.SEND)


def test_the_fire_of_the_panel() -> None:
    fire = only_object("panel fire")
    assert isinstance(fire, PartState)
    assert (fire.system_type, fire.system_address, fire.part_type) == (1, 3, 0)
    assert fire.part_address == 0x000600D9
    assert fire.state == PartFlag.FIRE  # without bit 0: a real fire, all the same
    assert fire.description.text == "Ａ区１层呷哺走廊"
    assert fire.at.utc == datetime(2020, 8, 1, 11, 18, 48, tzinfo=UTC)


def test_the_fire_of_a_smoke_detector_with_a_blank_description() -> None:
    fire = only_object("smoke fire")
    assert isinstance(fire, PartState)
    assert (fire.part_type, fire.part_address, fire.description.text) == (40, 0x0002000A, "")
    assert PartFlag.FIRE in fire.state


def test_the_mains_fault_of_a_transmitter() -> None:
    state = only_object("mains fault")
    assert isinstance(state, TransmitterState)
    assert state.state == TransmitterFlag.MAINS_FAULT


def test_the_answer_to_a_duty_check() -> None:
    answer = only_object("duty reply")
    assert isinstance(answer, TransmitterOperation)
    assert (answer.operation, answer.operator) == (OperationFlag.ANSWERED, 1)


def test_a_duty_check_gives_ten_minutes() -> None:
    assert only_object("duty check") == DutyCheck(minutes=10)
    frame = decode_frame(BY_NAME["duty check"])
    assert frame.command == Command.CONTROL
    ours = Frame(
        frame.serial,
        frame.at,
        frame.source,
        frame.destination,
        Command.CONTROL,
        build_unit(Unit(91, (DutyCheck(10),))),
    )
    assert ours.encode() == BY_NAME["duty check"]


def test_a_confirmation_is_what_a_real_centre_answers() -> None:
    fire, said = decode_frame(BY_NAME["smoke fire"]), decode_frame(BY_NAME["centre ack"])
    assert said.at.utc is not None
    assert fire.reply(Command.CONFIRM, said.at.utc).encode() == BY_NAME["centre ack"]
