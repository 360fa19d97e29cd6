"""What hypothesis makes of GB/T 26875: every record, frames, streams."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from data.feeds.gb26875 import (
    MAX_ADDRESS,
    Analogue,
    Command,
    Description,
    DutyCheck,
    Frame,
    Kind,
    Moment,
    OfPart,
    OfSystem,
    Operation,
    OperationFlag,
    OperationsOfSystem,
    OperationsOfTransmitter,
    Own,
    PartConfiguration,
    PartFlag,
    PartState,
    Plain,
    SystemConfiguration,
    SystemFlag,
    SystemState,
    SystemTime,
    SystemVersion,
    TransmitterConfiguration,
    TransmitterFlag,
    TransmitterOperation,
    TransmitterState,
    TransmitterTime,
    TransmitterVersion,
    Unit,
    build_unit,
)

BYTE = st.integers(0, 255)
WORD = st.integers(0, 2**16 - 1)
LONG = st.integers(0, 2**32 - 1)
MOMENT = st.one_of(
    st.binary(min_size=6, max_size=6).map(Moment),
    st.integers(946_800_000, 7_200_000_000).map(
        lambda seconds: Moment.of(datetime.fromtimestamp(seconds, UTC))
    ),
)
DESCRIPTION = st.one_of(
    st.binary(min_size=31, max_size=31).map(Description),
    st.text(st.characters(codec="gb18030", exclude_characters="\0")).map(Description.of),
)
PART = (BYTE, BYTE, BYTE, LONG)
OF_SYSTEM = st.builds(OfSystem, BYTE, BYTE)
OF_PART = st.builds(OfPart, BYTE, BYTE, LONG)
PLAIN = st.builds(Plain, BYTE)
TIME = st.builds(TransmitterTime, MOMENT)

RECORDS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.SYSTEM_STATE: st.builds(SystemState, BYTE, BYTE, WORD.map(SystemFlag), MOMENT),
    Kind.PART_STATE: st.builds(PartState, *PART, WORD.map(PartFlag), DESCRIPTION, MOMENT),
    Kind.ANALOGUE: st.builds(Analogue, *PART, BYTE, st.integers(-(2**15), 2**15 - 1), MOMENT),
    Kind.OPERATION: st.builds(Operation, BYTE, BYTE, BYTE.map(OperationFlag), BYTE, MOMENT),
    Kind.SYSTEM_VERSION: st.builds(SystemVersion, BYTE, BYTE, BYTE, BYTE),
    Kind.SYSTEM_CONFIGURATION: st.builds(SystemConfiguration, BYTE, BYTE, st.binary(max_size=255)),
    Kind.PART_CONFIGURATION: st.builds(PartConfiguration, *PART, DESCRIPTION),
    Kind.SYSTEM_TIME: st.builds(SystemTime, BYTE, BYTE, MOMENT),
    Kind.TRANSMITTER_STATE: st.builds(TransmitterState, BYTE.map(TransmitterFlag), MOMENT),
    Kind.TRANSMITTER_OPERATION: st.builds(
        TransmitterOperation, BYTE.map(OperationFlag), BYTE, MOMENT
    ),
    Kind.TRANSMITTER_VERSION: st.builds(TransmitterVersion, BYTE, BYTE),
    Kind.TRANSMITTER_CONFIGURATION: st.builds(TransmitterConfiguration, st.binary(max_size=255)),
    Kind.TRANSMITTER_TIME: TIME,
    Kind.READ_SYSTEM_STATE: OF_SYSTEM,
    Kind.READ_PART_STATE: OF_PART,
    Kind.READ_ANALOGUE: OF_PART,
    Kind.READ_OPERATIONS: st.builds(OperationsOfSystem, BYTE, BYTE, BYTE, MOMENT),
    Kind.READ_SYSTEM_VERSION: OF_SYSTEM,
    Kind.READ_SYSTEM_CONFIGURATION: OF_SYSTEM,
    Kind.READ_PART_CONFIGURATION: OF_PART,
    Kind.READ_SYSTEM_TIME: OF_SYSTEM,
    Kind.READ_TRANSMITTER_STATE: PLAIN,
    Kind.READ_TRANSMITTER_OPERATIONS: st.builds(OperationsOfTransmitter, BYTE, MOMENT),
    Kind.READ_TRANSMITTER_VERSION: PLAIN,
    Kind.READ_TRANSMITTER_CONFIGURATION: PLAIN,
    Kind.READ_TRANSMITTER_TIME: PLAIN,
    Kind.INITIALISE: PLAIN,
    Kind.SET_CLOCK: TIME,
    Kind.DUTY_CHECK: st.builds(DutyCheck, BYTE),
}
OWN = st.builds(Own, st.integers(128, 254), BYTE, st.binary(max_size=200)).map(
    lambda own: Unit(own.kind, (own,))
)


def units_of(kind: Kind) -> st.SearchStrategy[Unit]:
    several = st.lists(RECORDS[kind], max_size=4)
    return several.map(lambda objects: Unit(int(kind), tuple(objects)))


UNITS = st.one_of(*(units_of(kind) for kind in RECORDS), OWN)
FRAMES = st.builds(
    Frame,
    serial=WORD,
    at=MOMENT,
    source=st.integers(0, MAX_ADDRESS),
    destination=st.integers(0, MAX_ADDRESS),
    command=st.sampled_from(list(Command)).map(int),
    data=st.one_of(st.just(b""), UNITS.map(build_unit).filter(lambda data: len(data) <= 1024)),
    version=st.tuples(st.just(1), BYTE),
)
