"""The columns of each layer: names that official files use for them, and how a cell is read.

``docs/official-data.md`` shows the same table to a person; a test holds the two together.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from data.domain.words import BuildingCategory, DeviceKind, FacilityKind

W = TypeVar("W", bound=StrEnum)


class Layer(StrEnum):
    """What a file can be imported as."""

    COMMUNITIES = "communities"
    WORK_POINTS = "work_points"
    BUILDINGS = "buildings"
    DEVICES = "devices"
    FACILITIES = "facilities"


@dataclass(frozen=True, slots=True)
class Field:
    """One column; ``required`` and ``default`` are for rows that are new in the database.

    ``read`` turns a cell that is not empty into the value, or raises ``ValueError`` with the
    reason in words.
    """

    name: str
    aliases: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False
    default: Any = None


CATEGORY_WORDS: Final[dict[str, BuildingCategory]] = {
    "三合一": BuildingCategory.THREE_IN_ONE,
    "公众聚集": BuildingCategory.PUBLIC_ASSEMBLY,
    "公众聚集场所": BuildingCategory.PUBLIC_ASSEMBLY,
    "出租屋": BuildingCategory.RENTAL,
    "出租房": BuildingCategory.RENTAL,
    "住宅小区": BuildingCategory.RESIDENTIAL,
    "住宅": BuildingCategory.RESIDENTIAL,
    "学校": BuildingCategory.SCHOOL,
    "医疗": BuildingCategory.MEDICAL,
    "医疗机构": BuildingCategory.MEDICAL,
    "养老": BuildingCategory.CARE,
    "民政": BuildingCategory.CARE,
    "养老/民政": BuildingCategory.CARE,
    "文物": BuildingCategory.HERITAGE,
    "文物建筑": BuildingCategory.HERITAGE,
    "银行": BuildingCategory.BANK,
    "物流": BuildingCategory.LOGISTICS,
    "电力": BuildingCategory.POWER,
    "供水": BuildingCategory.WATER,
    "工业": BuildingCategory.INDUSTRIAL,
    "厂房": BuildingCategory.INDUSTRIAL,
    "仓储": BuildingCategory.WAREHOUSE,
    "仓库": BuildingCategory.WAREHOUSE,
    "小单位": BuildingCategory.SMALL_UNIT,
}
DEVICE_WORDS: Final[dict[str, DeviceKind]] = {
    "独立感烟": DeviceKind.SMOKE,
    "感烟": DeviceKind.SMOKE,
    "烟感": DeviceKind.SMOKE,
    "可燃气体": DeviceKind.GAS,
    "感温": DeviceKind.HEAT,
    "温感": DeviceKind.HEAT,
    "水压": DeviceKind.PRESSURE,
    "液位": DeviceKind.LEVEL,
    "电气火灾": DeviceKind.ELECTRICAL,
    "视频": DeviceKind.CAMERA,
    "摄像头": DeviceKind.CAMERA,
    "用户信息传输装置": DeviceKind.TRANSMITTER,
    "用传": DeviceKind.TRANSMITTER,
    "电动自行车充电桩": DeviceKind.CHARGER,
    "充电桩": DeviceKind.CHARGER,
}
FACILITY_WORDS: Final[dict[str, FacilityKind]] = {
    "消火栓": FacilityKind.HYDRANT,
    "室外消火栓": FacilityKind.HYDRANT,
    "微型消防站": FacilityKind.MICRO_STATION,
    "微站": FacilityKind.MICRO_STATION,
}
YES: Final = frozenset({"1", "true", "yes", "y", "是", "有", "√"})
NO: Final = frozenset({"0", "false", "no", "n", "否", "无"})
#: Official statistical codes of Xintang's communities begin with the sub-district's own.
COMMUNITY_CODE: Final = re.compile(r"350582005\d{3}")
DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
LIST_SEPARATORS: Final = re.compile(r"[;；,，、\s]+")


def text(longest: int) -> Callable[[str], str]:
    """Return a reader of texts of at most ``longest`` characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"超过 {longest} 个字符 / longer than {longest} characters")
        return cell

    return read


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds."""

    def read(cell: str) -> int:
        try:
            number = float(cell)
        except ValueError:
            raise ValueError(f"{cell} 不是数字 / {cell!r} is not a number") from None
        if not math.isfinite(number) or number != int(number) or not lowest <= number <= highest:
            raise ValueError(
                f"{cell} 不是 {lowest} … {highest} 的整数 / "
                f"{cell} is not a whole number within {lowest} … {highest}"
            )
        return int(number)

    return read


def word(vocabulary: type[W], chinese: dict[str, W]) -> Callable[[str], W]:
    """Return a reader of a closed vocabulary, by its own words or by the Chinese ones."""
    known = {str(member): member for member in vocabulary} | chinese

    def read(cell: str) -> W:
        if cell.lower() not in known:
            raise ValueError(
                f"不认识 {cell}，可用：{'、'.join(chinese)} / "
                f"{cell!r} is unknown; known: {', '.join(known)}"
            )
        return known[cell.lower()]

    return read


def boolean(cell: str) -> bool:
    """Read 是/否, 有/无, true/false, 1/0."""
    if cell.lower() not in YES | NO:
        raise ValueError(
            f"{cell} 不是 是（true、1）或 否（false、0） / "
            f"{cell!r} is neither yes (是, true, 1) nor no (否, false, 0)"
        )
    return cell.lower() in YES


def community_code(cell: str) -> str:
    """Read the 12-digit statistical code of one of Xintang's communities."""
    if not COMMUNITY_CODE.fullmatch(cell):
        raise ValueError(
            f"{cell} 不是新塘的社区代码（350582005 加三位数字） / "
            f"{cell!r} is not a code of Xintang (350582005 and three digits)"
        )
    return cell


def iso_date(cell: str) -> str:
    """Read a date (2026-11-22, 2026/1/2, 2026年1月2日), with or without a time after it, as ISO."""
    match = DATE.fullmatch(cell)
    if match is None:
        raise ValueError(f"{cell} 不是日期（2026-11-22） / {cell!r} is not a date (2026-11-22)")
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        raise ValueError(
            f"{cell} 不是日历上的日子 / {cell!r} is not a day of the calendar"
        ) from None


def names(cell: str) -> tuple[str, ...]:
    """Read several names with 、 ; or , between them."""
    return tuple(part for part in LIST_SEPARATORS.split(cell) if part)


_COMMUNITY = Field("community", ("社区", "所属社区", "社区编码", "community_code"), text(120))

FIELDS: Final[dict[Layer, tuple[Field, ...]]] = {
    Layer.COMMUNITIES: (
        Field("code", ("编码", "社区编码", "代码", "统计代码"), community_code, required=True),
        Field("name", ("名称", "社区名称", "社区"), text(120), required=True),
        Field("name_short", ("简称",), text(120)),
        Field("name_en", ("英文名", "英文名称"), text(120)),
        Field("work_point", ("工作点", "所属工作点", "work_point_id"), text(24), required=True),
        Field("population", ("人口", "人口数"), whole(0, 1_000_000), required=True),
        Field("households", ("户数",), whole(0, 1_000_000), required=True),
    ),
    Layer.WORK_POINTS: (
        Field("id", ("编号", "编码", "工作点编号"), text(24), required=True),
        Field("name", ("名称", "工作点", "工作点名称"), text(120), required=True),
        Field("name_en", ("英文名", "英文名称"), text(120)),
        Field("communities", ("社区", "所辖社区"), names),
    ),
    Layer.BUILDINGS: (
        Field("id", ("编号", "编码", "建筑编号", "单位编号"), text(24), required=True),
        Field("name", ("名称", "建筑名称", "单位名称"), text(120), required=True),
        Field("address", ("地址", "详细地址"), text(200), required=True),
        Field(
            "category",
            ("类别", "建筑类别", "单位类别"),
            word(BuildingCategory, CATEGORY_WORDS),
            required=True,
        ),
        Field("sector", ("行业", "行业部门"), text(40), default=""),
        _COMMUNITY,
        Field("grid_id", ("网格", "网格编号"), text(24)),
        Field("storeys", ("层数", "地上层数"), whole(1, 120), required=True),
        Field("residents", ("居住人数", "人数"), whole(0, 100_000), default=0),
        Field("built_year", ("建成年份", "建造年份"), whole(1000, 2100)),
        Field("ebike_charging_required", ("应设充电设施",), boolean, default=False),
        Field("ebike_charging_present", ("已设充电设施", "充电设施"), boolean, default=False),
        Field("small_unit", ("小单位",), boolean, default=False),
        Field("responsible_id", ("责任人编号",), text(24)),
    ),
    Layer.DEVICES: (
        Field("id", ("编号", "编码", "设备编号"), text(64), required=True),
        Field(
            "kind",
            ("类型", "类别", "设备类型", "设备类别"),
            word(DeviceKind, DEVICE_WORDS),
            required=True,
        ),
        Field("name", ("名称", "设备名称"), text(120), required=True),
        Field("location", ("位置", "安装位置"), text(120), default=""),
        Field("building_id", ("建筑", "建筑编号", "单位编号"), text(24)),
        _COMMUNITY,
        Field("interval_s", ("上报周期", "上报周期秒"), whole(1, 30 * 86_400), required=True),
        Field("disabled", ("停用",), boolean, default=False),
        Field("installed_at", ("安装日期",), iso_date),
    ),
    Layer.FACILITIES: (
        Field("id", ("编号", "编码", "设施编号"), text(24), required=True),
        Field(
            "kind",
            ("类型", "类别", "设施类型", "设施类别"),
            word(FacilityKind, FACILITY_WORDS),
            required=True,
        ),
        Field("name", ("名称", "设施名称"), text(120), required=True),
        _COMMUNITY,
        Field("device_id", ("设备编号", "水压设备编号"), text(64)),
    ),
}
LON_ALIASES: Final = ("lon", "lng", "longitude", "经度", "x", "东坐标")
LAT_ALIASES: Final = ("lat", "latitude", "纬度", "y", "北坐标")
WKT_ALIASES: Final = ("wkt", "geometry", "几何")


def key_field(layer: Layer) -> str:
    """Return the field that identifies a row of a layer."""
    return FIELDS[layer][0].name


def match_columns(
    layer: Layer,
    columns: tuple[str, ...],
    chosen: dict[str, str],
    builtin: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Return field → column: as chosen, else the field's own name, else the first alias there.

    ``builtin`` columns, which the format has of itself, count only where no other one is found.

    Raises
    ------
    ValueError
        If a chosen field or column does not exist.
    """
    fields = FIELDS[layer]
    known = {field.name for field in fields}
    for name, column in chosen.items():
        if name not in known:
            listed = ", ".join(sorted(known))
            raise ValueError(
                f"{layer} 没有字段 {name}，可用：{listed}。"
                f"/ {layer} has no field {name!r}; it has {listed}"
            )
        if column not in columns:
            listed = ", ".join(columns)
            raise ValueError(
                f"文件没有列 {column}，现有：{listed}。"
                f"/ the file has no column {column!r}; it has {listed}"
            )
    made = tuple(column for column in columns if column not in builtin)
    found = {
        field.name: find_column(made, (field.name, *field.aliases))
        or find_column(columns, (field.name, *field.aliases))
        for field in fields
    }
    return {name: column for name, column in found.items() if column is not None} | chosen


def find_column(columns: tuple[str, ...], candidates: tuple[str, ...]) -> str | None:
    """Return the column that bears the first of the candidate names, whatever its case."""
    by_name = {column.strip().lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in candidates if name in by_name), None)
