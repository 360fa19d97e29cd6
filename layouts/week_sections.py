"""The sections of the leaders' week, each a pure function of the report."""

from collections.abc import Callable, Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from data.domain.kpis import Change, Figures, of
from data.domain.weekly import CommunityWeek, PastFire, WeekReport
from data.domain.words import AlarmKind, Outcome
from layouts import ids, words
from layouts.components import Part, empty, skeleton
from layouts.shown import Shown, number
from layouts.week_map import (
    PAPER,
    SCREEN,
    Theme,
    change_map,
    scale_of,
    scale_style,
    short_name,
    signed,
)
from layouts.week_parts import Cell, block, num, share_bar, table
from layouts.week_status import behaviour, devices, hazards, programme
from layouts.week_words import change_words

THEMES: Final = ((SCREEN, "only-screen"), (PAPER, "only-print"))

__all__ = ["behaviour", "communities", "devices", "happened", "hazards", "programme"]


def communities(report: WeekReport, shown: Shown) -> Component:
    """Return the map of the communities by change, and their table, largest rise first."""
    _ = shown.translate
    rows = sorted(report.communities, key=lambda row: (-(row.change or 0), row.code))
    title = _("社区：报警比上周的变化")
    if not rows:
        return block(title, empty(_("还没有社区数据。")))
    return block(
        title,
        html.Div([_map(report.communities, shown), _table(rows, shown)], className="week-split"),
    )


def happened(report: WeekReport, shown: Shown) -> Component:
    """Return what happened: alarms by kind, verdicts, response, fires, and the days' chart."""
    _ = shown.translate
    return block(
        _("发生了什么"),
        html.Div(
            [
                html.Div([_kinds(report, shown), _answered(report, shown)]),
                html.Div(
                    [
                        html.H3(_("每天报警数")),
                        html.Div(skeleton(6), id=ids.WEEK_CHART, className="week-chart"),
                    ]
                ),
            ],
            className="week-split week-split-wide",
        ),
        html.Div(
            [
                html.Div([html.H3(_("警情结果")), _outcomes(report, shown)]),
                html.Div([html.H3(_("火灾")), _fires(report.fires, shown)]),
            ],
            className="week-split",
        ),
    )


def _map(rows: Sequence[CommunityWeek], shown: Shown) -> Component:
    _ = shown.translate
    described = _("社区示意图，颜色为图中数字的大小；数字见右表")
    pictures = [
        html.Img(src=change_map(rows, theme, shown.lang), alt=described, className=name)
        for theme, name in THEMES
    ]
    legend: list[Part] = [
        html.Span(_("报警比上周增减（条）")),
        *(_scale(rows, theme, name) for theme, name in THEMES),
        html.Span(_("示意边界"), className="badge") if any(row.schematic for row in rows) else None,
    ]
    return html.Figure(
        [*pictures, html.Figcaption(legend, className="week-legend")], className="week-map"
    )


def _scale(rows: Sequence[CommunityWeek], theme: Theme, name: str) -> Component:
    """Return the map's colours between the two numbers that have the strongest."""
    most = scale_of(rows)
    bar = html.I(className="week-scale", style={"background": scale_style(theme)})
    return html.Span([signed(-most), bar, signed(most)], className=f"num {name}")


def _table(rows: Sequence[CommunityWeek], shown: Shown) -> Component:
    _ = shown.translate
    head = [_("社区"), _("本周"), _("上周"), _("变化"), _("去年同周"), _("未结隐患")]
    return table(
        head,
        [
            [
                short_name(row, shown.lang).partition(" (")[0],
                num(row.this),
                _count(row.last),
                num(signed(row.change), worse=(row.change or 0) > 0),
                _count(row.year_ago),
                num(row.open_hazards),
            ]
            for row in rows
        ],
        class_name="week-communities",
    )


def _count(value: int | None) -> Cell:
    """Return a count; a dash for what was not recorded."""
    return num("—" if value is None else value)


def _kinds(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate

    def line(name: str, count: Callable[[Figures], int]) -> list[Part | Cell]:
        last, year_ago = (of(one, count) for one in (report.last, report.year_ago))
        change = Change(count(report.this), last)
        changed = num(change_words(change, _), worse=(change.difference or 0) > 0)
        return [name, num(count(report.this)), _count(last), changed, _count(year_ago)]

    def of_kind(kind: AlarmKind) -> Callable[[Figures], int]:
        return lambda figures: figures.alarms.get(kind, 0)

    lines = [line(_(words.ALARM_KIND[kind]), of_kind(kind)) for kind in AlarmKind]
    lines.append(line(_("警情（同一建筑的报警合并）"), lambda figures: figures.incident_count))
    return table([_("报警数"), _("本周"), _("上周"), _("变化"), _("去年同周")], lines)


def _answered(report: WeekReport, shown: Shown) -> Component:
    """Response times of the three spans, in words: two numbers need no chart."""
    _ = shown.translate
    now, last = report.this.response, report.last
    if now.median_s is None or now.p90_s is None:
        return empty(_("本周还没有已确认的火警或预警。"))
    text = _("{n} 条火警和预警已确认：一半在 {median} 内，九成在 {p90} 内。").format(
        n=number(now.answered), median=shown.duration(now.median_s), p90=shown.duration(now.p90_s)
    )
    if last is None or last.response.median_s is None or last.response.p90_s is None:
        return html.P(text)
    earlier = _("上周为 {median} 和 {p90}。").format(
        median=shown.duration(last.response.median_s), p90=shown.duration(last.response.p90_s)
    )
    return html.P(text + (" " if shown.lang == "en" else "") + earlier)


def _outcomes(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate
    counts = report.this.incidents
    total = report.this.incident_count
    if not total:
        return empty(_("本周没有警情。"))
    ended = [outcome for outcome in Outcome if outcome is not Outcome.MERGED]
    named: list[tuple[str, Outcome | None]] = [(_(words.OUTCOME[o]), o) for o in ended]
    return table(
        [_("结果"), _("数量"), _("占比")],
        [
            [name, num(counts.get(outcome, 0)), share_bar(counts.get(outcome, 0) / total)]
            for name, outcome in [*named, (_("未作结论"), None)]
        ],
    )


def _fires(fires: Sequence[PastFire], shown: Shown) -> Component:
    _ = shown.translate
    if not fires:
        return empty(_("本周没有火灾。"))
    return table(
        [_("时间"), _("地点"), _("原因"), _("发现方式")],
        [
            [
                shown.moment(fire.at),
                _where(fire, shown),
                _(words.FIRE_CAUSE.get(fire.cause, fire.cause)),
                _("设备报警") if fire.monitored else _("电话报警"),
            ]
            for fire in fires
        ],
    )


def _where(fire: PastFire, shown: Shown) -> str:
    place = fire.place_en if shown.lang == "en" and fire.place_en else fire.place
    return f"{place} · {fire.building}" if fire.building else place
