"""Chinese words for the vocabularies of the domain; a translator turns them into English.

Free words that come from data (causes, kinds of hazards) have a table too; a word that is not in
it is shown as it is.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    FacilityKind,
    PersonRole,
    Platform,
    Role,
    Status,
    Verdict,
)


def _(msgid: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return msgid


STATUS: Final[Mapping[Status, str]] = {
    Status.ALARM: _("火警"),
    Status.PREALARM: _("预警"),
    Status.FAULT: _("故障"),
    Status.STALE: _("失联"),
    Status.DISABLED: _("停用"),
    Status.NORMAL: _("正常"),
}

ALARM_KIND: Final[Mapping[AlarmKind, str]] = {
    AlarmKind.FIRE: _("火警"),
    AlarmKind.PREALARM: _("预警"),
    AlarmKind.FAULT: _("故障"),
    AlarmKind.SUPERVISORY: _("监管"),
}

DEVICE_KIND: Final[Mapping[DeviceKind, str]] = {
    DeviceKind.SMOKE: _("独立感烟"),
    DeviceKind.GAS: _("可燃气体"),
    DeviceKind.HEAT: _("感温"),
    DeviceKind.PRESSURE: _("水压"),
    DeviceKind.LEVEL: _("液位"),
    DeviceKind.ELECTRICAL: _("电气火灾"),
    DeviceKind.CAMERA: _("视频"),
    DeviceKind.TRANSMITTER: _("用户信息传输装置"),
    DeviceKind.CHARGER: _("电动自行车充电桩"),
}

PLATFORM: Final[Mapping[Platform, str]] = {
    Platform.FACILITIES: _("消防设施"),
    Platform.ELECTRICAL: _("电气火灾监控"),
    Platform.DETECTORS: _("独立探测器"),
    Platform.VIDEO: _("视频监控"),
}

CATEGORY: Final[Mapping[BuildingCategory, str]] = {
    BuildingCategory.THREE_IN_ONE: _("三合一"),
    BuildingCategory.PUBLIC_ASSEMBLY: _("公众聚集"),
    BuildingCategory.RENTAL: _("出租屋"),
    BuildingCategory.RESIDENTIAL: _("住宅小区"),
    BuildingCategory.SCHOOL: _("学校"),
    BuildingCategory.MEDICAL: _("医疗"),
    BuildingCategory.CARE: _("养老/民政"),
    BuildingCategory.HERITAGE: _("文物"),
    BuildingCategory.BANK: _("银行"),
    BuildingCategory.LOGISTICS: _("物流"),
    BuildingCategory.POWER: _("电力"),
    BuildingCategory.WATER: _("供水"),
    BuildingCategory.INDUSTRIAL: _("工业"),
    BuildingCategory.WAREHOUSE: _("仓储"),
    BuildingCategory.SMALL_UNIT: _("小单位"),
}

FACILITY_KIND: Final[Mapping[FacilityKind, str]] = {
    FacilityKind.HYDRANT: _("消火栓"),
    FacilityKind.MICRO_STATION: _("微型消防站"),
}

PERSON_ROLE: Final[Mapping[PersonRole, str]] = {
    PersonRole.GRID_OFFICER: _("网格员"),
    PersonRole.RESPONSIBLE: _("消防安全责任人"),
    PersonRole.MICRO_STATION: _("微型消防站"),
    PersonRole.MAINTAINER: _("维保单位"),
    PersonRole.COMMUNITY: _("社区值班"),
}

ROLE: Final[Mapping[Role, str]] = {
    Role.DUTY: _("值班员"),
    Role.LEADER: _("领导"),
    Role.ADMIN: _("管理员"),
    Role.DISPLAY: _("大屏显示"),
}

VERDICT: Final[Mapping[Verdict, str]] = {
    Verdict.REAL: _("真警"),
    Verdict.FALSE: _("误报"),
    Verdict.TEST: _("测试"),
    Verdict.DRILL: _("演练"),
}

ALARM_CAUSE: Final[Mapping[str, str]] = {
    "smoke_fire": _("烟雾达到火警值"),
    "smoke_high": _("烟雾偏高"),
    "heat_fire": _("温度达到火警值"),
    "heat_high": _("温度偏高"),
    "gas_fire": _("燃气浓度达到报警值"),
    "gas_leak": _("燃气泄漏"),
    "pressure_low": _("水压过低"),
    "pressure_high": _("水压过高"),
    "level_low": _("液位过低"),
    "cable_fire": _("线缆温度达到火警值"),
    "cable_hot": _("线缆过热"),
    "leakage": _("剩余电流过大"),
    "charger_fire": _("充电桩温度达到火警值"),
    "charger_hot": _("充电桩过热"),
    "charger_overload": _("充电过载"),
    "battery_low": _("电池电量低"),
    "reported_fire": _("设备上报火警"),
    "reported_prealarm": _("设备上报预警"),
    "reported_fault": _("设备上报故障"),
}


#: Kinds of hazards found at inspections (``hazard.kind``).
HAZARD: Final[Mapping[str, str]] = {
    "blocked_exit": _("疏散通道堵塞"),
    "indoor_charging": _("室内停放充电"),
    "wiring": _("电气线路不规范"),
    "extinguisher": _("灭火器材缺失或过期"),
    "gas_cylinder": _("液化气瓶不规范"),
    "partition": _("违规隔断"),
    "window_bars": _("防盗窗无逃生口"),
    "hot_work": _("违规动火"),
}

#: Results of inspections (``inspection.result``).
INSPECTION: Final[Mapping[str, str]] = {
    "passed": _("检查合格"),
    "failed": _("发现隐患"),
}

#: Causes of fires (``fire.cause``).
FIRE_CAUSE: Final[Mapping[str, str]] = {
    "electrical": _("电气"),
    "ebike": _("电动自行车充电"),
    "cooking": _("用火不慎"),
    "smoking": _("吸烟"),
    "hot_work": _("动火作业"),
    "arson": _("放火"),
    "spontaneous": _("自燃"),
    "playing": _("玩火"),
    "other": _("其他"),
    "unknown": _("原因不明"),
}

#: Entries of an incident's timeline (``incident_history.action``).
INCIDENT_ACTION: Final[Mapping[str, str]] = {
    "opened": _("警情开始"),
    "alarm": _("设备报警"),
    "acknowledged": _("确认警情"),
    "dispatched": _("派出"),
    "arrived": _("到场"),
    "controlled": _("控制"),
    "closed": _("关闭警情"),
    "note": _("备注"),
}

#: Why a device's status changed (``status_change.reason``), where no alarm's cause says it.
CHANGE_REASON: Final[Mapping[str, str]] = {
    "disabled": _("停用"),
    "silent": _("超过三个上报间隔没有消息"),
    "official data": _("导入正式数据"),
}


class Quantity(NamedTuple):
    """How one value of a reading is shown."""

    word: str
    unit: str
    digits: int


VALUE: Final[Mapping[str, Quantity]] = {
    "temperature_c": Quantity(_("温度"), "℃", 1),
    "smoke_pct": Quantity(_("烟雾浓度"), "%", 1),
    "gas_lel_pct": Quantity(_("燃气浓度"), "%LEL", 1),
    "pressure_mpa": Quantity(_("水压"), "MPa", 2),
    "level_m": Quantity(_("液位"), "m", 2),
    "residual_current_ma": Quantity(_("剩余电流"), "mA", 0),
    "power_w": Quantity(_("功率"), "W", 0),
    "battery_pct": Quantity(_("电池电量"), "%", 0),
}
