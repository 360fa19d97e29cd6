"""The tasks of the three-year programme (2025–2027), by responsible unit."""

from datetime import date, timedelta
from typing import Any, Final

OFFICE: Final = "安监办"
POLICE: Final = "派出所"
COMMUNITIES: Final = "社区居委会"
BUILDER: Final = "建设单位"
STATION: Final = "专职消防队"
PLANNING: Final = "规划建设办"

#: Name, unit, begin, due, days ahead (+) of or behind (-) its plan.
TASKS: Final[tuple[tuple[str, str, date, date, int], ...]] = (
    ("独立烟感一期安装（出租屋）", OFFICE, date(2025, 1, 6), date(2025, 9, 30), 12),
    ("电气火灾监控一期安装（三合一场所）", OFFICE, date(2025, 2, 10), date(2025, 11, 30), -20),
    ("安保指挥中心大屏与值班席位建设", BUILDER, date(2025, 3, 1), date(2025, 8, 31), 5),
    ("社区网格与责任人台账建立", COMMUNITIES, date(2025, 1, 6), date(2025, 6, 30), 20),
    ("梧林古厝火灾防控设施加装", BUILDER, date(2025, 5, 1), date(2026, 4, 30), -30),
    ("电动自行车集中充电设施（第一批）", PLANNING, date(2025, 4, 1), date(2025, 12, 31), -45),
    ("微型消防站装备配齐与拉动演练", STATION, date(2025, 6, 1), date(2026, 3, 31), 10),
    ("市政消火栓水压监测全覆盖", BUILDER, date(2025, 9, 1), date(2026, 9, 30), -25),
    ("独立烟感二期安装（小单位、自建住宅）", OFFICE, date(2026, 1, 5), date(2026, 12, 31), -10),
    (
        "可燃气体探测器安装（餐饮、出租屋厨房）",
        COMMUNITIES,
        date(2026, 2, 1),
        date(2026, 10, 31),
        -40,
    ),
    ("工业区用户信息传输装置联网", OFFICE, date(2026, 3, 1), date(2027, 2, 28), 15),
    ("重点路口与消防通道视频接入", POLICE, date(2026, 4, 1), date(2027, 1, 31), 0),
    ("电动自行车集中充电设施（第二批）", PLANNING, date(2026, 5, 1), date(2027, 3, 31), -15),
    ("三合一场所物理分隔整治", OFFICE, date(2026, 1, 5), date(2027, 6, 30), -35),
    ("风险地图与周报制度试运行", OFFICE, date(2026, 7, 1), date(2027, 4, 30), 20),
    ("智慧消防平台终验", BUILDER, date(2027, 3, 1), date(2027, 11, 30), 0),
)
WHOLE: Final = 100


def programme_rows(today: date) -> list[dict[str, Any]]:
    """Return the rows of the table ``programme_task`` as they stand on a day."""
    return [_row(task, today) for task in TASKS]


def _row(task: tuple[str, str, date, date, int], today: date) -> dict[str, Any]:
    name, unit, begin, due, ahead = task
    finish = due - timedelta(days=ahead)
    done = finish <= today
    share = (today - begin).days / max(1, (finish - begin).days)
    progress = WHOLE if done else max(0, min(95, round(WHOLE * share / 5) * 5))
    return {
        "name": name,
        "unit": unit,
        "due": due,
        "progress_pct": progress,
        "done_on": finish if done else None,
        "demo": True,
    }
