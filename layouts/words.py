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
    FalseCause,
    Outcome,
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
    Role.SHIFT_LEAD: _("值班长"),
    Role.LEADER: _("领导"),
    Role.ADMIN: _("管理员"),
    Role.MAINTAINER: _("维保人员"),
    Role.DISPLAY: _("大屏显示"),
}

VERDICT: Final[Mapping[Verdict, str]] = {
    Verdict.REAL: _("真警"),
    Verdict.FALSE: _("误报"),
    Verdict.TEST: _("测试"),
    Verdict.DRILL: _("演练"),
}

OUTCOME: Final[Mapping[Outcome, str]] = {
    **{Outcome(verdict): word for verdict, word in VERDICT.items()},
    Outcome.RECOVERED: _("自行恢复"),
    Outcome.MERGED: _("已合并"),
}

FALSE_CAUSE: Final[Mapping[FalseCause, str]] = {
    FalseCause.COOKING: _("做饭油烟"),
    FalseCause.STEAM: _("水汽"),
    FalseCause.SMOKING: _("吸烟"),
    FalseCause.INCENSE: _("燃香祭祀"),
    FalseCause.FIREWORKS: _("燃放烟花爆竹"),
    FalseCause.DUST: _("粉尘"),
    FalseCause.INSECTS: _("昆虫"),
    FalseCause.WORKS: _("施工"),
    FalseCause.WEATHER: _("天气"),
    FalseCause.DEVICE: _("设备故障"),
    FalseCause.MISUSE: _("误操作"),
    FalseCause.OTHER: _("其他"),
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
    "manual_fire": _("手动报警按钮按下"),
    "reported_prealarm": _("设备上报预警"),
    "reported_fault": _("设备上报故障"),
    "test_bit_fire": _("设备上报火警（测试位）"),
    "reported_supervisory": _("设备上报监管信号"),
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

#: Why a device's status changed (``status_change.reason``), where no alarm's cause says it.
CHANGE_REASON: Final[Mapping[str, str]] = {
    "disabled": _("停用"),
    "silent": _("超过三个上报间隔没有消息"),
    "gateway_lost": _("网关断线"),
    "gateway_back": _("网关恢复连接"),
    "official data": _("导入正式数据"),
    "delay": _("延时结束"),
    "out_of_service": _("停用"),
    "back_in_service": _("恢复使用"),
    "unshelved": _("屏蔽结束"),
    "calm": _("不再反复"),
    "acknowledged": _("报警已确认"),
}


#: What to think of at an incident (``data.domain.checklists``).
CHECK: Final[Mapping[str, str]] = {
    "call_site": _("电话核实现场"),
    "look_by_camera": _("调看现场视频"),
    "call_responsible": _("通知消防安全责任人"),
    "send_station": _("调派微型消防站"),
    "call_119": _("火情确认后报 119"),
    "evacuate": _("组织人员疏散"),
    "cut_power": _("切断电源"),
    "let_in": _("派人引导消防车"),
    "sleepers": _("确认住宿人员已叫醒"),
    "second_way_out": _("确认第二安全出口畅通"),
    "gas_cylinders": _("确认液化气瓶位置"),
    "goods_on_stairs": _("确认楼梯无堆物"),
    "stop_music": _("停止营业并广播"),
    "open_all_exits": _("打开全部安全出口"),
    "count_residents": _("清点人数"),
    "ebikes_indoors": _("确认室内电动自行车"),
    "window_bars": _("确认防盗窗逃生口"),
    "close_doors": _("提醒住户关好房门"),
    "fire_lane": _("清理消防车通道"),
    "assembly_point": _("到集合点集合"),
    "bedridden": _("转移卧床人员"),
    "oxygen": _("关闭供氧"),
    "backup_power": _("确认备用电源"),
    "incense_out": _("熄灭香火"),
    "protect_relics": _("保护文物"),
    "locked_rooms": _("确认金库与上锁房间"),
    "guards": _("联系安保值守"),
    "dangerous_goods": _("确认危险物品"),
    "move_vehicles": _("移走车辆"),
    "no_water_before_dead": _("断电前禁止用水"),
    "grid_operator": _("联系供电调度"),
    "chlorine": _("确认氯气等药剂"),
    "keep_pressure": _("保持管网压力"),
    "stop_machines": _("停机"),
    "gas_off": _("关闭燃气总阀"),
    "roof_collapse": _("防范屋顶坍塌"),
}

#: Entries of an incident's timeline (``incident_history.action``).
INCIDENT_ACTION: Final[Mapping[str, str]] = {
    "opened": _("警情建立"),
    "alarm": _("报警加入"),
    "acknowledged": _("已确认"),
    "confirmed": _("火情已确认"),
    "dispatched": _("已派出"),
    "arrived": _("已到场"),
    "controlled": _("已控制"),
    "ended": _("处置结束"),
    "note": _("备注"),
    "checked": _("核对"),
    "photo": _("照片"),
    "merged": _("并入警情"),
    "merged_into": _("已并入"),
    "split_off": _("拆出警情"),
    "split_from": _("拆自"),
    "closed": _("已结案"),
    "recovered": _("自行恢复，未派人"),
    "fire_recorded": _("已记入火灾记录"),
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
