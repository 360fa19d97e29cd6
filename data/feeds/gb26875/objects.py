"""信息对象 (clause 8.2) as frozen records; one class a type of data unit.

``system_type`` and ``system_address`` name a system at the user's (a fire panel is type 1),
``part_type`` and ``part_address`` one of its parts (clauses 8.2.1.1 and 8.2.1.2).
"""

from dataclasses import dataclass, field

from data.feeds.gb26875.fields import Description, Moment, text_of
from data.feeds.gb26875.words import OperationFlag, PartFlag, SystemFlag, TransmitterFlag


@dataclass(frozen=True, slots=True)
class SystemState:
    """Type 1, 建筑消防设施系统状态 (clause 8.3.1.1)."""

    system_type: int
    system_address: int
    state: SystemFlag
    at: Moment


@dataclass(frozen=True, slots=True)
class PartState:
    """Type 2, 建筑消防设施部件运行状态 (clause 8.3.1.2)."""

    system_type: int
    system_address: int
    part_type: int
    part_address: int
    state: PartFlag
    description: Description
    at: Moment


@dataclass(frozen=True, slots=True)
class Analogue:
    """Type 3, 建筑消防设施部件模拟量值 (clause 8.3.1.3); ``value`` in steps of its kind."""

    system_type: int
    system_address: int
    part_type: int
    part_address: int
    kind: int
    value: int
    at: Moment


@dataclass(frozen=True, slots=True)
class Operation:
    """Type 4, 建筑消防设施操作信息 (clause 8.3.1.4)."""

    system_type: int
    system_address: int
    operation: OperationFlag
    operator: int
    at: Moment


@dataclass(frozen=True, slots=True)
class SystemVersion:
    """Type 5, 建筑消防设施软件版本 (clause 8.3.1.5); without a time."""

    system_type: int
    system_address: int
    main: int
    minor: int


@dataclass(frozen=True, slots=True)
class SystemConfiguration:
    """Type 6, 建筑消防设施系统配置情况 (clause 8.3.1.6); GB 18030 of its own length."""

    system_type: int
    system_address: int
    raw: bytes

    @property
    def text(self) -> str:
        """The description of the system."""
        return text_of(self.raw)


@dataclass(frozen=True, slots=True)
class PartConfiguration:
    """Type 7, 建筑消防设施部件配置情况 (clause 8.3.1.7); without a time."""

    system_type: int
    system_address: int
    part_type: int
    part_address: int
    description: Description


@dataclass(frozen=True, slots=True)
class SystemTime:
    """Type 8, 建筑消防设施系统时间 (clause 8.3.1.8)."""

    system_type: int
    system_address: int
    at: Moment


@dataclass(frozen=True, slots=True)
class TransmitterState:
    """Type 21, 用户信息传输装置运行状态 (clause 8.3.1.9)."""

    state: TransmitterFlag
    at: Moment


@dataclass(frozen=True, slots=True)
class TransmitterOperation:
    """Type 24, 用户信息传输装置操作信息 (clause 8.3.1.10)."""

    operation: OperationFlag
    operator: int
    at: Moment


@dataclass(frozen=True, slots=True)
class TransmitterVersion:
    """Type 25, 用户信息传输装置软件版本 (clause 8.3.1.11)."""

    main: int
    minor: int


@dataclass(frozen=True, slots=True)
class TransmitterConfiguration:
    """Type 26, 用户信息传输装置配置情况 (clause 8.3.1.12); GB 18030 of its own length."""

    raw: bytes

    @property
    def text(self) -> str:
        """The description of the transmitter."""
        return text_of(self.raw)


@dataclass(frozen=True, slots=True)
class TransmitterTime:
    """Type 28, 用户信息传输装置系统时间 (clause 8.3.1.13); also the body of type 90."""

    at: Moment


@dataclass(frozen=True, slots=True)
class OfSystem:
    """What to read of a system: types 61, 65, 66 and 68 (clause 8.3)."""

    system_type: int
    system_address: int


@dataclass(frozen=True, slots=True)
class OfPart:
    """What to read of a part: types 62, 63 and 67 (clause 8.3)."""

    system_type: int
    system_address: int
    part_address: int


@dataclass(frozen=True, slots=True)
class OperationsOfSystem:
    """Type 64: so many records of operations since a time (clause 8.3)."""

    system_type: int
    system_address: int
    number: int
    since: Moment


@dataclass(frozen=True, slots=True)
class OperationsOfTransmitter:
    """Type 84: so many records of operations since a time (clause 8.3)."""

    number: int
    since: Moment


@dataclass(frozen=True, slots=True)
class Plain:
    """Types 81, 85, 86, 88, 89: a reserved byte (clause 8.3)."""

    reserved: int = 0


@dataclass(frozen=True, slots=True)
class DutyCheck:
    """Type 91, 查岗 (clause 8.3): reserved in the standard, minutes to answer in real frames."""

    minutes: int = 10


@dataclass(frozen=True, slots=True)
class Own:
    """The data of a type that belongs to the user (128–254), as it came."""

    kind: int
    count: int
    raw: bytes


Record = (
    SystemState
    | PartState
    | Analogue
    | Operation
    | SystemVersion
    | SystemConfiguration
    | PartConfiguration
    | SystemTime
    | TransmitterState
    | TransmitterOperation
    | TransmitterVersion
    | TransmitterConfiguration
    | TransmitterTime
    | OfSystem
    | OfPart
    | OperationsOfSystem
    | OperationsOfTransmitter
    | Plain
    | DutyCheck
)


@dataclass(frozen=True, slots=True)
class Unit:
    """应用数据单元 (clause 7): a type and its objects, all of the record that the type has."""

    kind: int
    objects: tuple[Record | Own, ...] = field(default=())
