"""Where the risk map was right in the week, and where it was wrong."""

from datetime import datetime
from typing import Final

from dash import html
from dash.development.base_component import Component

from data.domain.risk.verify import BASELINES, MODEL, TENTH
from data.domain.risk.verify import Week as Scored
from data.domain.weekly import RiskWeek, Unforeseen, WeekReport
from layouts.components import Part, badge, empty
from layouts.shown import Shown, number
from layouts.week_parts import Cell, block, num, table
from layouts.week_words import share


def _(msgid: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return msgid


SHARES: Final = ("5", TENTH, "20")
NAMES: Final = {
    MODEL: _("风险预测"),
    "raw_counts": _("只看历史次数"),
    "kde_200": _("核密度 200 米"),
    "kde_500": _("核密度 500 米"),
}


def week_risk(report: WeekReport, shown: Shown) -> Component:
    """Return how good the week's forecast was, good or bad."""
    translate, found = shown.translate, report.risk
    title = translate(_("风险预测对不对"))
    if found is None:
        return block(title, empty(translate(_("这一周没有风险预测。"))))
    if found.made_at is None:
        damaged = _("这一周的风险预测在写入之后被改动或损坏，不能再作为依据。")
        return block(title, html.P(translate(damaged), role="alert"))
    return block(title, _made(found, found.made_at, shown), *_came(found, shown))


def _made(found: RiskWeek, at: datetime, shown: Shown) -> Component:
    if found.frozen:
        text = _("{time} 封存，这一周还没有开始。")
    else:
        text = _("{time} 事后补算，只用这一周开始之前已知的数据。")
    told = shown.translate(text).format(time=shown.moment(at))
    few = None if found.sufficient else badge(shown.translate(_("数据不足")), "warn")
    return html.P([told, " ", few])


def _came(found: RiskWeek, shown: Shown) -> list[Part]:
    translate, score = shown.translate, found.score
    if score is None:
        return [empty(translate(_("这一周结束后再与实际发生的对照。")))]
    expected = number(score.expected, 1)
    if not score.events:
        text = _("这一周没有火灾和真警，谈不上对错；预测为 {expected} 起。")
        return [html.P(translate(text).format(expected=expected))]
    text = _(
        "火灾和真警共 {n} 起，预测为 {expected} 起；风险最高的 10% 面积里发生了 {hit}（{share}）。"
    )
    hit = rate(score, MODEL, TENTH)
    told = translate(text).format(
        n=number(score.events),
        expected=expected,
        hit=number(hit * score.events, 1),
        share=share(hit, 1),
    )
    methods = html.Div([html.H3(translate(_("命中率，按面积占比"))), _methods(score, shown)])
    missed = html.Div(
        [html.H3(translate(_("没有料到的地方"))), _unforeseen(found.unforeseen, shown)]
    )
    split = html.Div([methods, missed], className="week-split")
    return [html.P(told), _beaten(score, shown), split]


def rate(score: Scored, name: str, area: str) -> float:
    """Return which share of the week's events a surface had in the cells that it ranked first."""
    return sum(score.hits[name][area]) / score.events


def _beaten(score: Scored, shown: Shown) -> Component | None:
    model = rate(score, MODEL, TENTH)
    better = [name for name in BASELINES if rate(score, name, TENTH) > model]
    if not better:
        return None
    names = "、" if shown.lang == "zh" else ", "
    told = shown.translate(_("这一周更准的是：{names}。")).format(
        names=names.join(shown.translate(NAMES[name]) for name in better)
    )
    return html.P(html.Strong(told))


def _methods(score: Scored, shown: Shown) -> Component:
    translate = shown.translate
    best = {area: max(rate(score, name, area) for name in NAMES) for area in SHARES}
    rows: list[list[Part | Cell]] = [
        [
            translate(label),
            *(
                num(
                    share(rate(score, name, area), 1),
                    worse=name == MODEL and rate(score, name, area) < best[area],
                )
                for area in SHARES
            ),
        ]
        for name, label in NAMES.items()
    ]
    return table([translate(_("方法")), *(f"{area}%" for area in SHARES)], rows)


def _unforeseen(some: tuple[Unforeseen, ...], shown: Shown) -> Component:
    translate = shown.translate
    if not some:
        return empty(translate(_("都在风险最高的 10% 面积里。")))
    return table(
        [translate(_("时间")), translate(_("地点"))],
        [[shown.moment(one.at), _where(one, shown)] for one in some],
    )


def _where(one: Unforeseen, shown: Shown) -> str:
    place = one.place_en if shown.lang == "en" and one.place_en else one.place
    if not place:
        return shown.translate(_("不在已知建筑处"))
    return f"{place} · {one.building}"
