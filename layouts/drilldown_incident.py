"""The drill-down of one incident: how it stands, why it is believed, who did what and when."""

from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.drilldown import IncidentDetail, PastAlarm, TimelineEntry
from data.domain.words import STATUS_OF_ALARM
from layouts import words
from layouts.components import (
    Crumb,
    Part,
    age,
    badge,
    badges,
    crumbs,
    empty,
    facts,
    figure,
    figures,
    href,
    mark,
    row,
    rows,
    section,
    summary,
)
from layouts.confidence import confidence_text
from layouts.drilldown import drill, head, root_crumb
from layouts.history_columns import cause_text, verdict_word
from layouts.shown import Shown, number


def incident_panel(view: IncidentDetail, shown: Shown) -> Component:
    """Return one incident."""
    _ = shown.translate
    building = view.building
    kind = _(words.ALARM_KIND[view.kind])
    title = _("{kind}警情 {n}").format(kind=kind, n=view.id)
    return drill(
        "incident",
        str(view.id),
        crumbs(shown, _steps(view, title, shown)),
        head(
            title,
            _place(view, shown),
            before=mark(STATUS_OF_ALARM[view.kind], large=True),
            after=html.Span(
                verdict_word(view.verdict, _, is_open=view.closed_at is None),
                className="status-word",
            ),
        ),
        _summary(view, shown),
        _confidence(view, shown),
        _who(view, shown),
        alarm_list(_("报警记录"), view.alarms, shown, count=view.alarm_count),
        _timeline(view, shown),
        building_id=None if building is None else building.id,
        watch=None if building is None else building.id,
        slot=view.alarms[-1].slot if building is None and view.alarms else None,
    )


def alarm_list(
    title: str, alarms: tuple[PastAlarm, ...], shown: Shown, *, count: int, of_device: bool = False
) -> Component:
    """Return alarms with how each ended, and how many are not listed.

    A device's alarms lead to their incidents, an incident's to their devices.
    """
    _ = shown.translate
    hidden = count - len(alarms)
    more = _("其余 {n} 条见历史").format(n=number(hidden))
    return section(
        title,
        rows(
            [_alarm_row(alarm, shown, of_device=of_device) for alarm in alarms], _("没有报警记录")
        ),
        html.P(more, className="quiet") if hidden > 0 else None,
        count=count,
    )


def _place(view: IncidentDetail, shown: Shown) -> str:
    if view.building is None:
        return shown.place(view.community)
    category = shown.translate(words.CATEGORY[view.building.category])
    return f"{view.building.name} · {category} · {view.building.address}"


def _steps(view: IncidentDetail, title: str, shown: Shown) -> list[Crumb]:
    community = view.community
    steps = [root_crumb(shown), Crumb(shown.place(community), href("community", community.id))]
    if view.building is not None:
        steps.append(Crumb(view.building.name, href("building", view.building.id)))
    return [*steps, Crumb(title, None)]


def _summary(view: IncidentDetail, shown: Shown) -> Component:
    _ = shown.translate
    return summary(
        figures(
            figure(number(view.alarm_count), _("报警数")),
            figure(_span(view.opened_at, view.acked_at, shown), _("发生到确认")),
            figure(_span(view.opened_at, view.closed_at, shown), _("发生到关闭")),
        ),
        html.P([_("开始于"), f" {shown.moment(view.opened_at)} · ", age(shown, view.opened_at)]),
        html.P([_("最近一次报警"), " ", age(shown, view.last_at)]),
        badges(badge(_("演示数据")) if view.demo else None),
    )


def _span(start: datetime, end: datetime | None, shown: Shown) -> str:
    return "—" if end is None else shown.duration((end - start).total_seconds())


def _confidence(view: IncidentDetail, shown: Shown) -> Component:
    """Say why the incident is believed, or that one device alone says so."""
    _ = shown.translate
    written = confidence_text(view.confidence, shown)
    if written:
        text = _("可信度高：{reason}都报警。").format(reason=written)
    else:
        text = _("只有一台设备报警，尚无其他设备佐证。")
    return section(_("可信度依据"), html.P(text))


def _who(view: IncidentDetail, shown: Shown) -> Component:
    _ = shown.translate
    building: Part = None
    if view.building is not None:
        building = dcc.Link(view.building.name, href=href("building", view.building.id))
    point = view.work_point
    return section(
        _("处置"),
        facts(
            [
                (_("建筑"), building),
                (_("工作点"), dcc.Link(shown.place(point), href=href("work_point", point.id))),
                (_("确认时间"), _by(view.acked_at, view.acked_by, shown)),
                (_("到场时间"), _by(view.arrived_at, None, shown)),
                (_("关闭时间"), _by(view.closed_at, view.closed_by, shown)),
                (_("核实"), verdict_word(view.verdict, _, is_open=view.closed_at is None)),
                (_("说明"), view.verdict_cause),
            ]
        ),
    )


def _by(at: datetime | None, who: str | None, shown: Shown) -> str:
    _ = shown.translate
    if at is None:
        return _("尚未")
    return " · ".join(part for part in (shown.moment(at), who) if part)


def _alarm_row(alarm: PastAlarm, shown: Shown, *, of_device: bool) -> Component:
    _ = shown.translate
    incident = None if alarm.incident_id is None else href("incident", str(alarm.incident_id))
    kind = _(words.ALARM_KIND[alarm.kind])
    end = verdict_word(alarm.verdict, _, is_open=alarm.closed_at is None)
    done = " ".join(part for part in (end, alarm.closed_by or alarm.acked_by) if part)
    times = f" ×{alarm.count}" if alarm.count > 1 else ""
    sub = [None if of_device else alarm.device_name, done, alarm.note]
    return row(
        f"{kind} · {cause_text(alarm.cause, alarm.value, shown)}{times}",
        sub=" · ".join(part for part in sub if part),
        before=mark(STATUS_OF_ALARM[alarm.kind]),
        side=[html.Span(shown.moment(alarm.raised_at), className="num")],
        link=incident if of_device else href("device", alarm.device_id),
    )


def _timeline(view: IncidentDetail, shown: Shown) -> Component:
    _ = shown.translate
    if not view.timeline:
        return section(
            _("时间线"), empty(_("还没有记录。确认、派出、到场和关闭会按时间列在这里。"))
        )
    alarms = {str(alarm.id): alarm for alarm in view.alarms}
    hidden = view.entry_count - len(view.timeline)
    more = _("其余 {n} 条未列出").format(n=number(hidden))
    return section(
        _("时间线"),
        html.Ol(
            [_entry(entry, alarms, view, shown) for entry in view.timeline],
            className="timeline timeline-incident",
        ),
        html.P(more, className="quiet") if hidden > 0 else None,
        count=view.entry_count,
    )


def _entry(
    entry: TimelineEntry, alarms: dict[str, PastAlarm], view: IncidentDetail, shown: Shown
) -> Component:
    _ = shown.translate
    word = _(words.INCIDENT_ACTION.get(entry.action, entry.action))
    detail = entry.detail
    if entry.action == "alarm":
        alarm = alarms.get(entry.detail)
        detail = "" if alarm is None else f"{alarm.device_name} {alarm.location}".strip()
    who = "" if entry.actor == "device" else entry.actor
    after = shown.duration((entry.at - view.opened_at).total_seconds())
    return html.Li(
        [
            html.Time(shown.moment(entry.at), className="num", dateTime=entry.at.isoformat()),
            html.Span(f"+{after}", className="num quiet"),
            html.B(word),
            html.Span(" · ".join(part for part in (detail, who) if part), className="quiet"),
        ],
        className="timeline-item",
    )
