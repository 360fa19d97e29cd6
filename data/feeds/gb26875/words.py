"""The numbers of GB/T 26875.3-2011 by name; what the standard leaves open stays a plain number.

Flags keep bits that have no name, so that what is decoded is encoded to the same bytes.
"""

from enum import IntEnum, IntFlag
from typing import Final


class Command(IntEnum):
    """命令字节 (clause 6.6, table 2); 128–255 belong to the user."""

    CONTROL = 1
    SEND = 2
    CONFIRM = 3
    REQUEST = 4
    ANSWER = 5
    DENY = 6


class Kind(IntEnum):
    """类型标志 of a data unit (clause 8.1.1, table 3): 1–28 go up, 61–91 go down."""

    SYSTEM_STATE = 1
    PART_STATE = 2
    ANALOGUE = 3
    OPERATION = 4
    SYSTEM_VERSION = 5
    SYSTEM_CONFIGURATION = 6
    PART_CONFIGURATION = 7
    SYSTEM_TIME = 8
    TRANSMITTER_STATE = 21
    TRANSMITTER_OPERATION = 24
    TRANSMITTER_VERSION = 25
    TRANSMITTER_CONFIGURATION = 26
    TRANSMITTER_TIME = 28
    READ_SYSTEM_STATE = 61
    READ_PART_STATE = 62
    READ_ANALOGUE = 63
    READ_OPERATIONS = 64
    READ_SYSTEM_VERSION = 65
    READ_SYSTEM_CONFIGURATION = 66
    READ_PART_CONFIGURATION = 67
    READ_SYSTEM_TIME = 68
    READ_TRANSMITTER_STATE = 81
    READ_TRANSMITTER_OPERATIONS = 84
    READ_TRANSMITTER_VERSION = 85
    READ_TRANSMITTER_CONFIGURATION = 86
    READ_TRANSMITTER_TIME = 88
    INITIALISE = 89
    SET_CLOCK = 90
    DUTY_CHECK = 91


class SystemFlag(IntFlag):
    """建筑消防设施系统状态 (clause 8.2.1.1)."""

    NORMAL = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    SHIELDED = 1 << 3
    SUPERVISORY = 1 << 4
    STARTED = 1 << 5
    FEEDBACK = 1 << 6
    DELAYED = 1 << 7
    MAINS_FAULT = 1 << 8
    BATTERY_FAULT = 1 << 9
    BUS_FAULT = 1 << 10
    MANUAL = 1 << 11
    CONFIGURATION_CHANGED = 1 << 12
    RESET = 1 << 13


class PartFlag(IntFlag):
    """建筑消防设施部件状态 (clause 8.2.1.2).

    Bit 0 is 1 in normal operation and 0 in a test; real fires come with it at 0.
    """

    NORMAL = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    SHIELDED = 1 << 3
    SUPERVISORY = 1 << 4
    STARTED = 1 << 5
    FEEDBACK = 1 << 6
    DELAYED = 1 << 7
    POWER_FAULT = 1 << 8


class TransmitterFlag(IntFlag):
    """用户信息传输装置运行状态 (clause 8.2.1.8)."""

    WATCHING = 1 << 0
    FIRE = 1 << 1
    FAULT = 1 << 2
    MAINS_FAULT = 1 << 3
    BATTERY_FAULT = 1 << 4
    LINK_FAULT = 1 << 5
    WIRING_FAULT = 1 << 6


class OperationFlag(IntFlag):
    """操作标志 of a system (clause 8.2.1.4) and of a transmitter (8.2.1.9).

    Bit 5 is a confirmation at a system and the answer to a duty check at a transmitter.
    """

    RESET = 1 << 0
    SILENCE = 1 << 1
    MANUAL_ALARM = 1 << 2
    FIRE_CANCELLED = 1 << 3
    SELF_TEST = 1 << 4
    ANSWERED = 1 << 5
    TEST = 1 << 6


class AnalogueKind(IntEnum):
    """模拟量类型 (clause 8.2.1.3); the comment is the unit of one step."""

    COUNT = 1  # 1
    HEIGHT = 2  # 0.01 m
    TEMPERATURE = 3  # 0.1 °C
    PRESSURE_MPA = 4  # 0.1 MPa
    PRESSURE_KPA = 5  # 0.1 kPa
    GAS = 6  # 0.1 % LEL
    TIME = 7  # 1 s
    VOLTAGE = 8  # 0.1 V
    CURRENT = 9  # 0.1 A
    FLOW = 10  # 0.1 L/s


#: 部件类型 of a manual call point and of a residual current detector (clause 8.2.1.2).
MANUAL_CALL_POINT: Final = 23
RESIDUAL_CURRENT: Final = 17
