"""The drill-down of one device: last values, thresholds, trend, status history."""

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.drilldown import DevicePast, PastAlarm
from data.domain.rules import Rule, Side
from data.domain.views import DeviceRow, DeviceView, StatusChangeView
from data.domain.words import STATUS_OF_ALARM, DeviceKind
from layouts import words
from layouts.cameras import camera_section
from layouts.components import (
    Crumb,
    Part,
    age,
    badge,
    badges,
    crumbs,
    empty,
    facts,
    href,
    mark,
    reading,
    row,
    rows,
    section,
    status_word,
)
from layouts.drilldown import drill, head, root_crumb
from layouts.drilldown_building import alarms_section, history_link
from layouts.drilldown_incident import alarm_list
from layouts.history_columns import cause_text
from layouts.shown import Shown, quantity, unit
from layouts.trends import trend_section


def device_panel(view: DeviceView, past: DevicePast, shown: Shown) -> Component:
    """Return one device with its past."""
    _ = shown.translate
    status = None if view.now is None else view.now.status
    return drill(
        "device",
        view.id,
        crumbs(shown, _steps(view, shown)),
        head(
            view.name,
            shown.device(view.kind, view.name, view.location),
            before=mark(status, slot=view.slot, large=True),
            after=status_word(shown, status, slot=view.slot),
        ),
        alarms_section(view.alarms, shown) if view.alarms else None,
        *_measured(view, shown),
        _thresholds(view, shown),
        _alarm_history(view, past, shown),
        _maintenance(view, past, shown),
        _facts(view, shown),
        _history(view, shown),
        slot=view.slot,
        watch=view.building_id,
        building_id=view.building_id,
    )


def _steps(view: DeviceView, shown: Shown) -> list[Crumb]:
    steps = [
        root_crumb(shown),
        Crumb(shown.place(view.community), href("community", view.community.id)),
    ]
    if view.building_id is not None:
        name = view.building_name or view.building_id
        steps.append(Crumb(name, href("building", view.building_id)))
    return [*steps, Crumb(view.name, None)]


def _measured(view: DeviceView, shown: Shown) -> list[Component]:
    """Return the last values and their trend; of a camera its picture."""
    if view.kind is DeviceKind.CAMERA:
        camera = DeviceRow(view.id, view.slot, view.kind, view.name, view.location, view.now)
        return [camera_section(camera, shown)]
    return [_values(view, shown), trend_section(shown)]


def _alarm_history(view: DeviceView, past: DevicePast, shown: Shown) -> Component:
    _ = shown.translate
    found = alarm_list(_("报警历史"), past.alarms, shown, count=past.alarm_count, of_device=True)
    return html.Div([found, history_link("alarms", view.id, shown)]) if past.alarms else found


def _maintenance(view: DeviceView, past: DevicePast, shown: Shown) -> Component:
    """Return who looks after the device and what was put right last."""
    _ = shown.translate
    battery = None if view.now is None else view.now.values.get("battery_pct")
    level = None if battery is None else f"{quantity('battery_pct', battery)} %"
    people = "、".join(
        " ".join(part for part in (person.label, person.phone) if part)
        for person in past.maintainers
    )
    return section(
        _("维护"),
        facts(
            [
                (_("维保单位"), people or _("未登记")),
                (_("安装日期"), view.installed_at or _("不详")),
                (_("电池电量"), level),
                (_("最近一次消息"), age(shown, view.now.received_at if view.now else None)),
            ]
        ),
        rows(
            [_repair_row(repair, shown) for repair in past.repairs],
            _("还没有维修记录。故障关闭时填写的处理结果会列在这里。"),
        ),
    )


def _repair_row(repair: PastAlarm, shown: Shown) -> Component:
    return row(
        repair.note or "",
        sub=cause_text(repair.cause, None, shown),
        side=[html.Span(shown.day(repair.closed_at or repair.raised_at), className="num")],
    )


def _values(view: DeviceView, shown: Shown) -> Component:
    _ = shown.translate
    if view.now is None or not view.now.values:
        return section(_("最近读数"), empty(_("此设备还没有上报数值")))
    lines = [
        html.Div(
            [
                html.Span(_value_word(name, shown), className="figure-label"),
                reading(view.id, name, value),
            ],
            className="figure",
        )
        for name, value in view.now.values.items()
    ]
    return section(
        _("最近读数"),
        html.Div(lines, className="figures"),
        html.P([_("测量于"), " ", age(shown, view.now.measured_at, device_id=view.id)]),
    )


def _value_word(name: str, shown: Shown) -> str:
    _ = shown.translate
    known = words.VALUE.get(name)
    return _(known.word) if known else name


def _thresholds(view: DeviceView, shown: Shown) -> Part:
    _ = shown.translate
    if not view.rules:
        return None
    titles = (_("报警"), _("条件"), _("恢复"))
    return section(
        _("报警阈值"),
        html.Table(
            [
                html.Thead(html.Tr([html.Th(title, scope="col") for title in titles])),
                html.Tbody([_threshold(rule, shown) for rule in view.rules]),
            ],
            className="thresholds",
        ),
    )


def _threshold(rule: Rule, shown: Shown) -> Component:
    _ = shown.translate
    above, below = ("≥", "<") if rule.side is Side.ABOVE else ("≤", ">")
    measure = unit(rule.value)
    word = _value_word(rule.value, shown)
    return html.Tr(
        [
            html.Td([mark(STATUS_OF_ALARM[rule.kind]), " ", _(words.ALARM_KIND[rule.kind])]),
            html.Td(f"{word} {above} {quantity(rule.value, rule.on)} {measure}", className="num"),
            html.Td(f"{below} {quantity(rule.value, rule.off)} {measure}", className="num"),
        ]
    )


def _facts(view: DeviceView, shown: Shown) -> Component:
    _ = shown.translate
    building: Part = _("不在建筑内")
    if view.building_id is not None:
        name = view.building_name or view.building_id
        building = dcc.Link(name, href=href("building", view.building_id))
    return section(
        _("基本情况"),
        facts(
            [
                (_("类型"), _(words.DEVICE_KIND[view.kind])),
                (_("位置"), view.location),
                (_("建筑"), building),
                (_("工作点"), shown.place(view.work_point)),
                (_("上报间隔"), shown.duration(view.interval_s)),
                (_("编号"), view.id),
            ]
        ),
        badges(
            badge(_("停用")) if view.disabled else None,
            badge(_("演示数据")) if view.demo else None,
        ),
    )


def _history(view: DeviceView, shown: Shown) -> Component:
    _ = shown.translate
    if not view.history:
        return section(_("状态记录"), empty(_("还没有状态变化")))
    return section(
        _("状态记录"),
        html.Ol([_change(change, shown) for change in view.history], className="timeline"),
    )


def _change(change: StatusChangeView, shown: Shown) -> Component:
    _ = shown.translate
    before, after = _(words.STATUS[change.before]), _(words.STATUS[change.after])
    return html.Li(
        [
            mark(change.after),
            html.Time(shown.moment(change.at), className="num", dateTime=change.at.isoformat()),
            html.Span(f"{before} → {after}"),
            html.Span(_reason(change.reason, shown), className="quiet"),
        ],
        className="timeline-item",
    )


def _reason(reason: str, shown: Shown) -> str:
    """Return why a status changed in words; the id of a message says nothing to a person."""
    _ = shown.translate
    if reason.startswith("alarm "):
        return _("值班员处置报警")
    known = words.CHANGE_REASON.get(reason) or words.ALARM_CAUSE.get(reason)
    return _(known) if known else ""
