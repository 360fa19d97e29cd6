"""The scenarios: read each as a table of seconds after the step before, role, deed, words."""

from collections.abc import Mapping
from typing import Final

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.simulated.scenario import Cut, Declare, Mend, Press, Report, Scenario, Step

_WATCHING: Final = gb.TransmitterFlag.WATCHING
_MAINS: Final = _WATCHING | gb.TransmitterFlag.MAINS_FAULT
_BATTERY: Final = _MAINS | gb.TransmitterFlag.BATTERY_FAULT
#: The application takes a device for lost after three intervals; a little more lets it see so.
LOST: Final = 3.3

QUIET_DAY: Final = Scenario(
    "quiet-day",
    "平静的一天：一个社区 24 小时的读数，不应有报警",
    "A quiet day: 24 hours of one community's readings, and no alarm",
    tuple(
        Step(4, "community", Report(hour=hour), f"{hour:02}:00 的读数", f"readings of {hour:02}:00")
        for hour in range(24)
    ),
)

# fmt: off
FIRE: Final = Scenario(
    "fire-in-sanheyi",
    "三合一场所起火：配电箱发热、烟感、楼上、感温、手动报警、毗邻建筑，之后传感器恢复",
    "A fire in a three-in-one building: wiring, smoke, upstairs, heat, call point, neighbours, recovery",
    (
        Step(0, "wiring", Report({"temperature_c": 84, "residual_current_ma": 340}),
             "配电箱电缆过热", "the cables in the distribution board are hot"),
        Step(30, "first", Report({"smoke_pct": 10.5}), "楼下开始冒烟", "smoke on the ground floor"),
        Step(20, "first", Report({"smoke_pct": 24, "temperature_c": 39}), "烟感报火警", "the detector reports a fire"),
        Step(35, "upstairs", Report({"smoke_pct": 19}), "烟到楼上", "smoke upstairs"),
        Step(25, "heat", Report({"temperature_c": 71}, Reported.FIRE), "感温探测器动作", "heat detectors respond"),
        Step(20, "panel", Press(gb.OperationFlag.MANUAL_ALARM), "有人按下手动报警", "somebody presses the alarm button"),
        Step(15, "panel", Press(gb.OperationFlag.SILENCE), "值班员消音", "the operator silences the panel"),
        Step(35, "neighbour", Report({"smoke_pct": 18}), "烟进入毗邻建筑", "smoke in the building next door"),
        Step(60, "first", Report({"smoke_pct": 46, "temperature_c": 88}), "火势最大", "the fire at its height"),
        Step(120, "heat", Report(status=Reported.RESTORED), "火已扑灭，感温恢复", "it is out, heat detectors recover"),
        Step(5, "first", Report(), "烟感恢复", "the smoke clears"),
        Step(2, "upstairs", Report(), "楼上烟感恢复", "the smoke clears upstairs"),
        Step(2, "neighbour", Report(), "毗邻建筑烟感恢复", "the smoke clears next door"),
        Step(2, "wiring", Report(), "配电箱恢复", "the wiring is cool"),
        Step(5, "panel", Press(gb.OperationFlag.RESET),
             "控制器复位；火警保持，等待人工处置", "the panel is reset; the fire stays until a person judges it"),
    ),
)

STORM: Final = Scenario(
    "false-alarm-storm",
    "误报风暴：燃放烟花，几十个烟感几分钟内报警，两台设备反复抖动",
    "A storm of false alarms: fireworks set off dozens of detectors, two devices chatter",
    (
        Step(0, "crowd", Report({"smoke_pct": 10.5}, over_s=60), "烟花的烟飘进窗户", "smoke of fireworks drifts in"),
        Step(5, "worst", Report({"smoke_pct": 17}, over_s=30), "几处达到火警值", "some reach the fire threshold"),
        *(
            Step(8, "shaky", Report(status=status), words, english)
            for _ in range(4)
            for status, words, english in (
                (Reported.FAULT, "接触不良：故障", "a loose contact: fault"),
                (Reported.RESTORED, "接触不良：恢复", "a loose contact: recovered"),
            )
        ),
        Step(60, "crowd", Report(over_s=60), "烟散去", "the smoke clears"),
        Step(5, "worst", Report(over_s=20), "火警值以下，火警保持", "below the threshold; fires stay"),
    ),
)

POWER_CUT: Final = Scenario(
    "power-cut",
    "一个社区停电：主电故障、备电耗尽、全部失联，来电后恢复",
    "A power cut of a community: mains faults, empty batteries, silence, return",
    (
        Step(0, "all", Report(over_s=5), "停电前一切正常", "all is well before it"),
        Step(10, "panels", Declare(_MAINS), "用传报主电故障", "transmitters report a mains fault"),
        Step(2, "mains", Report(status=Reported.FAULT, over_s=10), "电气火灾监控报故障", "electrical monitors report a fault"),
        Step(45, "panels", Declare(_BATTERY), "备电不足", "batteries run low"),
        Step(20, "all", Cut(), "全部断电，不再有消息", "everything is dead and silent"),
        Step(0, "all", Mend(), "来电", "the power is back", intervals=LOST),
        Step(3, "panels", Declare(_WATCHING), "用传恢复监视", "transmitters watch again"),
        Step(2, "all", Report(status=Reported.RESTORED, over_s=10), "设备陆续恢复", "devices return one by one"),
    ),
)

GATEWAY_LOST: Final = Scenario(
    "gateway-lost",
    "网关掉线：其设备失联；恢复后补传断线期间的读数，其中一条是火警",
    "A gateway is lost: its devices turn stale; back again it delivers late what it kept, a fire among it",
    (
        Step(0, "behind", Report(over_s=5), "掉线前的读数", "readings before it"),
        Step(10, "behind", Cut(keeps=True), "网关掉线", "the gateway is lost"),
        Step(20, "behind", Report(), "网关缓存读数", "it keeps their readings"),
        Step(10, "witness", Report({"smoke_pct": 26}), "断线期间一处起火", "a fire meanwhile"),
        Step(20, "behind", Report(), "网关缓存读数", "it keeps their readings"),
        Step(0, "behind", Mend(), "网关恢复，乱序补传", "it is back and delivers late, in no order", intervals=LOST),
        Step(5, "behind", Report(over_s=5), "正常读数", "readings as usual"),
    ),
)
# fmt: on

SCENARIOS: Final[Mapping[str, Scenario]] = {
    one.name: one for one in (QUIET_DAY, FIRE, STORM, POWER_CUT, GATEWAY_LOST)
}
