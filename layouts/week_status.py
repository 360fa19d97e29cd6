"""How things stand: the alarm system, devices and coverage, hazards, the programme."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from data.domain.kpis import (
    BUSY_SHARE_TARGET,
    FLOOD_SHARE_TARGET,
    RATE_MANAGEABLE,
    STALE_TARGET,
    TOP_TEN_SHARE_TARGET,
    Flood,
)
from data.domain.weekly import Behaviour, DeviceFigures, Task, WeekReport
from data.domain.weeks import SHANGHAI
from data.domain.words import Status
from layouts import words
from layouts.components import Part, badge, empty, figure, figures
from layouts.shown import Shown, number
from layouts.week_parts import Cell, block, num, share_bar, table
from layouts.week_words import counted, share

#: An online rate below this is worth a look.
ONLINE_LOW: Final = 0.95
FLOODS_LISTED: Final = 5


class Measure(NamedTuple):
    """One measure of the alarm system against its target."""

    name: str
    value: str
    target: str
    met: bool


def behaviour(report: WeekReport, shown: Shown) -> Component:
    """Return how the alarm system behaved against ISA-18.2, and who caused most of it."""
    _ = shown.translate
    found = report.behaviour
    verdict = {True: _("达标"), False: _("超标")}
    measures = table(
        [_("指标"), _("本周"), _("目标"), _("判断")],
        [
            [
                measure.name,
                num(measure.value, worse=not measure.met),
                num(measure.target),
                badge(verdict[measure.met], "" if measure.met else "warn"),
            ]
            for measure in _measures(found, shown)
        ],
    )
    return block(
        _("报警系统自身的表现"),
        html.Div(
            [
                html.Div([measures, _floods(found.rates.floods, shown), _chatter(found, shown)]),
                html.Div([html.H3(_("报警最多的十个来源")), _sources(found, shown)]),
            ],
            className="week-split week-split-wide",
        ),
    )


def devices(report: WeekReport, shown: Shown) -> Component:
    """Return the devices by system, and the buildings that they watch."""
    _ = shown.translate
    return block(
        _("设备与覆盖"),
        html.Div(
            [
                html.Div([html.H3(_("按系统")), _systems(report.devices, shown)]),
                html.Div([html.H3(_("按行业")), _coverage(report, shown)]),
            ],
            className="week-split week-split-wide",
        ),
    )


def hazards(report: WeekReport, shown: Shown) -> Component:
    """Return inspections and hazards: found, closed, open, overdue."""
    _ = shown.translate
    now = report.this
    return block(
        _("隐患"),
        figures(
            figure(number(now.inspections), _("本周检查"), counted("次", shown)),
            figure(number(now.hazards_found), _("发现"), counted("处", shown)),
            figure(number(now.hazards_closed), _("整改完成"), counted("处", shown)),
            figure(number(report.hazards_open), _("期末未整改"), counted("处", shown)),
            figure(number(report.hazards_overdue), _("其中逾期"), counted("处", shown)),
        ),
        None
        if report.last is None
        else html.P(
            _("上周检查 {inspections} 次，发现 {found} 处，整改 {closed} 处。").format(
                inspections=number(report.last.inspections),
                found=number(report.last.hazards_found),
                closed=number(report.last.hazards_closed),
            ),
            className="quiet",
        ),
    )


def programme(report: WeekReport, shown: Shown) -> Component:
    """Return the tasks of the three-year programme against their dates."""
    _ = shown.translate
    today = report.at.astimezone(SHANGHAI).date()
    if not report.tasks:
        return block(_("三年建设进度"), empty(_("还没有录入建设任务。")))
    return block(
        _("三年建设进度"),
        table(
            [_("任务"), _("责任单位"), _("期限"), _("进度"), _("状态")],
            [
                [
                    task.name,
                    task.unit,
                    task.due.isoformat(),
                    share_bar(task.progress_pct / 100),
                    _state(task, today, shown),
                ]
                for task in report.tasks
            ],
        ),
    )


def _measures(found: Behaviour, shown: Shown) -> Sequence[Measure]:
    _ = shown.translate
    load = found.rates
    return (
        Measure(
            _("每 10 分钟平均报警"),
            number(load.mean, 2),
            f"≤ {RATE_MANAGEABLE:.0f}",
            load.mean <= RATE_MANAGEABLE,
        ),
        Measure(_("10 分钟最多报警"), number(load.peak), "≤ 10", not load.busy_share),
        Measure(
            _("超过 10 条的时段"),
            share(load.busy_share, 2),
            f"< {share(BUSY_SHARE_TARGET)}",
            load.busy_share < BUSY_SHARE_TARGET,
        ),
        Measure(
            _("处于洪泛的时间"),
            _("{share} · {n} 次").format(share=share(load.flood_share, 2), n=len(load.floods)),
            f"< {share(FLOOD_SHARE_TARGET)}",
            load.flood_share < FLOOD_SHARE_TARGET,
        ),
        Measure(
            _("前十来源占比"),
            share(found.top_share, 1),
            f"≤ {share(TOP_TEN_SHARE_TARGET)}",
            found.top_share <= TOP_TEN_SHARE_TARGET,
        ),
        Measure(_("抖动的设备"), number(len(found.chattering)), "0", not found.chattering),
        Measure(
            _("持续 24 小时以上"),
            number(found.stale),
            f"< {STALE_TARGET}",
            found.stale < STALE_TARGET,
        ),
        Measure(_("10 秒内自行恢复"), number(found.fleeting), "0", not found.fleeting),
    )


def _floods(floods: Sequence[Flood], shown: Shown) -> Part:
    _ = shown.translate
    if not floods:
        return None
    worst = sorted(floods, key=lambda flood: -flood.alarms)[:FLOODS_LISTED]
    return html.Ul(
        [
            html.Li(
                _("洪泛 {time}：{minutes} 分钟 {alarms} 条，最高每 10 分钟 {peak} 条").format(
                    time=shown.moment(datetime.fromtimestamp(flood.start_s, SHANGHAI)),
                    minutes=flood.periods * 10,
                    alarms=flood.alarms,
                    peak=flood.peak,
                )
            )
            for flood in sorted(worst, key=lambda flood: flood.start_s)
        ],
        className="week-notes",
    )


def _chatter(found: Behaviour, shown: Shown) -> Part:
    _ = shown.translate
    if not found.chattering:
        return None
    return html.Ul(
        [
            html.Li(
                _("抖动：{name}，{cause}，一周 {n} 次").format(
                    name=chatter.name,
                    cause=_(words.ALARM_CAUSE.get(chatter.cause, chatter.cause)),
                    n=chatter.raises,
                )
            )
            for chatter in found.chattering
        ],
        className="week-notes",
    )


def _sources(found: Behaviour, shown: Shown) -> Component:
    _ = shown.translate
    if not found.top:
        return empty(_("本周没有报警。"))
    return table(
        [_("设备名称"), _("类型"), _("位置"), _("报警数")],
        [
            [
                source.name,
                _(words.DEVICE_KIND[source.kind]),
                source.place_en if shown.lang == "en" else source.place,
                num(source.alarms),
            ]
            for source in found.top
        ],
    )


def _systems(rows: Sequence[DeviceFigures], shown: Shown) -> Component:
    _ = shown.translate
    if not rows:
        return empty(_("还没有设备。"))
    by_platform = sorted(rows, key=lambda row: (list(words.PLATFORM).index(row.platform), row.kind))
    return table(
        [_("系统"), _("类型"), _("总数"), _("在线率"), _("失联"), _("故障数")],
        [
            [
                _(words.PLATFORM[row.platform]),
                _(words.DEVICE_KIND[row.kind]),
                num(row.total),
                _online(row),
                num(row.stale),
                num(row.by_status.get(Status.FAULT, 0)),
            ]
            for row in by_platform
        ],
    )


def _online(row: DeviceFigures) -> Cell:
    online = row.online_share
    return num("—") if online is None else share_bar(online, low=ONLINE_LOW)


def _coverage(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate
    if not report.coverage:
        return empty(_("还没有建筑。"))
    return table(
        [_("行业"), _("建筑数"), _("已接入"), _("充电设施（已建/应建）")],
        [
            [
                _(words.CATEGORY[row.category]),
                num(row.buildings),
                share_bar(row.watched / row.buildings),
                num(f"{row.charging_present} / {row.charging_required}")
                if row.charging_required
                else num("—"),
            ]
            for row in report.coverage
        ],
    )


def _state(task: Task, today: date, shown: Shown) -> Component:
    _ = shown.translate
    if task.done_on is not None:
        return badge(_("已完成"))
    if task.late(today):
        return badge(_("逾期 {n} 天").format(n=(today - task.due).days), "warn")
    return badge(_("进行中"))
