"""GB/T 26875.3-2011, 城市消防远程监控系统 报警传输网络通信协议: bytes ↔ frozen records.

This package needs nothing but Python's standard library and does no I/O, so that it can be used
alone. Bytes come in through :class:`FrameStream`; a :class:`Frame` has a data unit that
:func:`parse_unit` reads; :func:`build_unit` and :meth:`Frame.encode` go the other way. Whatever was
decoded is encoded to the same bytes. Nothing but :class:`CodecError` is raised.

>>> from datetime import datetime, UTC
>>> from data.feeds.gb26875 import *
>>> unit = Unit(Kind.DUTY_CHECK, (DutyCheck(minutes=10),))
>>> at = Moment.of(datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC))
>>> frame = Frame(1, at, source=88888, destination=889, command=Command.CONTROL,
...               data=build_unit(unit))
>>> [received] = FrameStream().feed(frame.encode())
>>> parse_unit(received.data).objects
(DutyCheck(minutes=10),)
"""

from data.feeds.gb26875.errors import ChecksumError, CodecError, ContentError, FramingError
from data.feeds.gb26875.fields import LOCAL, Description, Moment
from data.feeds.gb26875.frame import MAX_ADDRESS, Frame, decode_frame
from data.feeds.gb26875.objects import (
    Analogue,
    DutyCheck,
    OfPart,
    OfSystem,
    Operation,
    OperationsOfSystem,
    OperationsOfTransmitter,
    Own,
    PartConfiguration,
    PartState,
    Plain,
    Record,
    SystemConfiguration,
    SystemState,
    SystemTime,
    SystemVersion,
    TransmitterConfiguration,
    TransmitterOperation,
    TransmitterState,
    TransmitterTime,
    TransmitterVersion,
    Unit,
)
from data.feeds.gb26875.stream import Damaged, FrameStream
from data.feeds.gb26875.units import build_unit, parse_unit
from data.feeds.gb26875.words import (
    MANUAL_CALL_POINT,
    RESIDUAL_CURRENT,
    AnalogueKind,
    Command,
    Kind,
    OperationFlag,
    PartFlag,
    SystemFlag,
    TransmitterFlag,
)

__all__ = [
    "LOCAL",
    "MANUAL_CALL_POINT",
    "MAX_ADDRESS",
    "RESIDUAL_CURRENT",
    "Analogue",
    "AnalogueKind",
    "ChecksumError",
    "CodecError",
    "Command",
    "ContentError",
    "Damaged",
    "Description",
    "DutyCheck",
    "Frame",
    "FrameStream",
    "FramingError",
    "Kind",
    "Moment",
    "OfPart",
    "OfSystem",
    "Operation",
    "OperationFlag",
    "OperationsOfSystem",
    "OperationsOfTransmitter",
    "Own",
    "PartConfiguration",
    "PartFlag",
    "PartState",
    "Plain",
    "Record",
    "SystemConfiguration",
    "SystemFlag",
    "SystemState",
    "SystemTime",
    "SystemVersion",
    "TransmitterConfiguration",
    "TransmitterFlag",
    "TransmitterOperation",
    "TransmitterState",
    "TransmitterTime",
    "TransmitterVersion",
    "Unit",
    "build_unit",
    "decode_frame",
    "parse_unit",
]
