"""A week's report for the tests of its page, with something in every section."""

from datetime import UTC, date, datetime

from data.domain.kpis import Figures, Flood, Rates, Response
from data.domain.weekly import (
    Behaviour,
    Chatter,
    CommunityWeek,
    Coverage,
    DeviceFigures,
    PastFire,
    Source,
    Task,
    WeekReport,
)
from data.domain.weeks import compare_spans, parse_week
from data.domain.words import (
    AlarmKind,
    BuildingCategory,
    DeviceKind,
    Platform,
    Status,
    Verdict,
)

WEEK = parse_week("2026-W47")
#: Monday after the week, 09:00 in Shanghai.
AFTER = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: Wednesday inside it, 12:00 in Shanghai.
INSIDE = datetime(2026, 11, 18, 4, tzinfo=UTC)
SQUARE = ((118.58, 24.76), (118.60, 24.76), (118.60, 24.78), (118.58, 24.78), (118.58, 24.76))
EAST = tuple((lon + 0.02, lat) for lon, lat in SQUARE)


def make_report(now: datetime = AFTER, *, demo: bool = True) -> WeekReport:
    return WeekReport(
        spans=compare_spans(WEEK, now),
        at=now,
        demo=demo,
        this=Figures(
            alarms={AlarmKind.FIRE: 12, AlarmKind.FAULT: 30},
            verdicts={Verdict.FALSE: 9, Verdict.REAL: 1},
            incidents={Verdict.FALSE: 6, None: 2},
            response=Response(10, 80.0, 240.0),
            fires=1,
            hazards_found=7,
            hazards_closed=5,
            inspections=40,
            daily=(6, 6, 6, 6, 6, 6, 6),
        ),
        last=Figures(alarms={AlarmKind.FIRE: 20, AlarmKind.FAULT: 30}, fires=1),
        year_ago=Figures(alarms={AlarmKind.FIRE: 40}, fires=3),
        communities=(
            CommunityWeek(
                "1", "沙塘", "Shatang Community", 118.59, 24.77, (SQUARE,), 30, 20, 25, 2
            ),
            CommunityWeek(
                "2", "良种场", "State-run Seed Farm (living)", 118.61, 24.77, (EAST,), 5, 5, 6, 0
            ),
        ),
        behaviour=_behaviour(),
        devices=(
            DeviceFigures(
                DeviceKind.SMOKE, Platform.DETECTORS, {Status.NORMAL: 90, Status.STALE: 10}
            ),
        ),
        coverage=(
            Coverage(BuildingCategory.RENTAL, 200, 150, 40, 30),
            Coverage(BuildingCategory.BANK, 4, 4, 0, 0),
        ),
        hazards_open=9,
        hazards_overdue=3,
        fires=(
            PastFire(INSIDE, "沙塘社区", "Shatang Community", "学府路 12 号", "ebike", 1, False),
        ),
        tasks=(
            Task("烟感全覆盖", "安监办", date(2026, 6, 30), 80, None),
            Task("指挥中心", "建设单位", date(2026, 6, 30), 100, date(2026, 6, 1)),
        ),
    )


def _behaviour() -> Behaviour:
    rates = Rates(1008, 0.04, 15, 0.002, (Flood(int(INSIDE.timestamp()), 2, 26, 15),), 0.02)
    return Behaviour(
        rates=rates,
        rates_last=rates,
        top=(Source("S1", "烟感 01", DeviceKind.SMOKE, "沙塘", "Shatang Community", 9),),
        top_share=0.21,
        chattering=(Chatter("S1", "烟感 01", "battery_low", 9),),
        fleeting=2,
        stale=6,
    )
