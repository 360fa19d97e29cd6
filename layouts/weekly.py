"""The leaders' week: a page that reads from top to bottom and prints on A4."""

from collections.abc import Callable, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.kpis import Change, Figures, of
from data.domain.weekly import WeekReport, headline
from data.domain.weeks import NoRecordError, Week, week_at
from layouts import ids, week_sections
from layouts.components import aria, badge, data, skeleton
from layouts.header import HeaderView, header
from layouts.i18n import translator
from layouts.shown import Shown, number
from layouts.week_risk import week_risk
from layouts.week_words import change_words, counted, sentence, share, week_days, week_title

#: Minutes are told with a digit after the point.
MINUTE_S = 60


def weekly_page(view: HeaderView) -> Component:
    """Return the page; the callbacks fill it with the week that the address names."""
    _ = translator(view.lang)
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            header(view, _, active="weekly"),
            html.Main(
                [
                    html.Nav(
                        id=ids.WEEK_PICKER, className="week-picker", **aria(label=_("选择周"))
                    ),
                    html.Article(skeleton(12), id=ids.WEEK_BODY, className="week"),
                ],
                id="main",
                className="weekly-main",
            ),
        ],
        className="weekly",
        **data(lang=view.lang),
    )


def week_picker(week: Week, current: Week, shown: Shown) -> list[Component]:
    """Return the links to the weeks around one and the button that prints it."""
    _ = shown.translate
    newest = week >= current
    following = week.shifted(1)
    return [
        dcc.Link(
            f"← {week.shifted(-1)}", href=week_href(week.shifted(-1)), className="button week-link"
        ),
        html.Strong(str(week), className="week-name"),
        html.Span(f"{following} →", className="button week-link", **aria(disabled="true"))
        if newest
        else dcc.Link(f"{following} →", href=week_href(following), className="button week-link"),
        dcc.Link(_("本周"), href=week_href(current), className="button week-link"),
        html.Button(
            _("打印"), type="button", className="button week-print", **data(action="print")
        ),
    ]


def week_href(week: Week) -> str:
    """Return the address of a week."""
    return f"/weekly/?week={week}"


def week_body(report: WeekReport, shown: Shown) -> list[Component]:
    """Return everything that is said of a week."""
    return [
        _head(report, shown),
        _figures(report, shown),
        week_sections.communities(report, shown),
        week_sections.happened(report, shown),
        week_risk(report, shown),
        week_sections.behaviour(report, shown),
        week_sections.devices(report, shown),
        week_sections.hazards(report, shown),
        week_sections.programme(report, shown),
        _foot(report, shown),
    ]


def week_error(reason: str, current: Week, shown: Shown) -> list[Component]:
    """Return a clear refusal of an address that names no week."""
    _ = shown.translate
    return [
        html.Div(
            [
                html.H1(_("没有这一周的周报")),
                html.P(_("请在地址里写成 2026-W47 这样的周，并且这一周已经开始。")),
                html.P(reason, className="quiet"),
                html.P(dcc.Link(_("看最近一周"), href=week_href(current), className="button")),
            ],
            className="error-state",
            role="alert",
        )
    ]


def week_unknown(
    unknown: NoRecordError, week: Week, current: Week, shown: Shown
) -> list[Component]:
    """Return that nothing is known of a week before the first record: unknown is not zero."""
    _ = shown.translate
    since = unknown.since
    first = None if since is None else week_at(since)
    return [
        html.Div(
            [
                html.H1(_("没有这一周的数据")),
                html.P([html.Strong(week_title(week, shown)), " ", week_days(week)]),
                None
                if since is None
                else html.P(_("最早的记录是 {day}。").format(day=shown.day(since))),
                html.P(
                    dcc.Link(_("看最近一周"), href=week_href(current), className="button")
                    if first is None
                    else dcc.Link(
                        _("看最早的一周（{week}）").format(week=first),
                        href=week_href(first),
                        className="button",
                    )
                ),
            ],
            className="error-state",
        )
    ]


def _head(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate
    week = report.spans.week
    until = _("至今，统计到 {time}").format(time=shown.moment(report.at))
    return html.Header(
        [
            html.P(
                [
                    html.Strong(week_title(week, shown)),
                    html.Span(week_days(week)),
                    html.Span(until) if report.spans.running else None,
                    badge(_("演示数据"), "warn") if report.demo else None,
                ],
                className="week-kicker",
            ),
            html.H1(sentence(headline(report), shown), className="week-sentence"),
        ],
        className="week-head",
    )


def _figures(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate
    now = report.this

    def three(take: Callable[[Figures], float | None]) -> list[float | None]:
        return [of(one, take) for one in (now, report.last, report.year_ago)]

    minutes = three(lambda one: _minutes(one.response.median_s))
    shares = three(lambda one: _percent(one.false_share))
    return html.Section(
        [
            _figure(
                _("火灾"),
                number(now.fires),
                counted("起", shown),
                three(lambda one: one.fires),
                shown,
            ),
            _figure(
                _("报警数"),
                number(now.alarm_count),
                counted("条", shown),
                three(lambda one: one.alarm_count),
                shown,
            ),
            _figure(_("误报率"), share(now.false_share, 1), "", shares, shown, digits=1),
            _figure(
                _("响应时间（中位数）"),
                "—" if minutes[0] is None else number(minutes[0], 1),
                _("分钟"),
                minutes,
                shown,
                digits=1,
            ),
        ],
        className="week-figures",
        **aria(label=_("四项指标")),
    )


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / MINUTE_S


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _figure(
    label: str,
    value: str,
    unit: str,
    three: Sequence[float | None],
    shown: Shown,
    *,
    digits: int = 0,
) -> Component:
    _ = shown.translate
    this, last, year_ago = three
    # Of a share only the difference in points means something.
    points = _("个百分点") if value.endswith("%") else ""
    rows = [(_("比上周"), Change(this, last)), (_("比去年同周"), Change(this, year_ago))]
    return html.Div(
        [
            html.H2(label),
            html.P([html.B(value, className="num"), html.Span(unit, className="unit")]),
            html.Dl(
                [
                    html.Div(
                        [
                            html.Dt(name),
                            html.Dd(
                                change_words(change, _, digits=digits, unit=points),
                                className="num",
                            ),
                        ],
                        **data(trend=_trend(change, digits)),
                    )
                    for name, change in rows
                ]
            ),
        ],
        className="week-figure",
    )


def _trend(change: Change, digits: int) -> str:
    """For all four figures less is better, so a rise is what has to be seen."""
    difference = round(change.difference or 0, digits)
    return "worse" if difference > 0 else "better" if difference < 0 else "same"


def _foot(report: WeekReport, shown: Shown) -> Component:
    _ = shown.translate
    notes = [
        _("一周从周一 0 时到周日 24 时（北京时间）；进行中的一周与往期的同一时段相比。"),
        _("误报率 = 误报 ÷（真警 + 误报），只计火警和预警；测试和演练不计。"),
        _("响应时间：平台收到火警或预警到值班员确认。"),
        _("报警负荷按 ISA-18.2：10 分钟超过 10 条为洪泛开始，少于 5 条为结束。"),
        _("设备在线率 =（在用 − 失联）÷ 在用，停用的设备不计。"),
        _("设备、建筑和建设进度为查询时的现状。"),
        _("“—”表示没有数据：那时还没有开始记录。"),
    ]
    made = _("查询时间 {time}").format(time=shown.moment(report.at))
    return html.Footer(
        [html.Ul([html.Li(note) for note in notes]), html.P(made)], className="week-foot quiet"
    )
