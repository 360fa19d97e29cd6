"""The drill-down of one incident: how it stands, why it is believed, who did what and when."""

from datetime import datetime

from dash import html
from dash.development.base_component import Component

from data.domain.drilldown import Help, IncidentDetail, PastAlarm, TimelineEntry
from data.domain.words import STATUS_OF_ALARM, Outcome
from layouts import ids, words
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
from layouts.drilldown import drill, head, root_crumb
from layouts.drilldown_handling import (
    AtHand,
    checklist_section,
    confidence_section,
    ending_section,
    help_sections,
    merged_notice,
    note_section,
    response_section,
)
from layouts.drilldown_photos import photos_section
from layouts.history_columns import cause_text, outcome_word, verdict_word
from layouts.shown import Shown, number


def incident_panel(at_hand: AtHand, found: Help, shown: Shown) -> Component:
    """Return one incident; what changes while people work on it is asked for again."""
    view = at_hand.incident
    building = view.building
    return drill(
        "incident",
        str(view.id),
        crumbs(shown, _steps(view, _title(view, shown), shown)),
        html.Div(incident_body(at_hand, found, shown), id=ids.HANDLING),
        building_id=None if building is None else building.id,
        watch=None if building is None else building.id,
        slot=view.alarms[-1].slot if building is None and view.alarms else None,
    )


def incident_body(at_hand: AtHand, found: Help, shown: Shown) -> list[Part]:
    """Return all of the panel that changes while people work on the incident."""
    _ = shown.translate
    view = at_hand.incident
    return [
        head(
            _title(view, shown),
            _place(view, shown),
            before=mark(STATUS_OF_ALARM[view.kind], large=True),
            after=html.Span(
                outcome_word(view.outcome, _),
                className="status-word",
            ),
        ),
        _summary(view, shown),
        _outcome(view, shown),
        response_section(at_hand, shown),
        confidence_section(view, shown),
        *help_sections(found, shown),
        checklist_section(at_hand, shown),
        note_section(at_hand, shown),
        photos_section(at_hand, shown),
        ending_section(at_hand, shown),
        alarm_list(_("报警记录"), view.alarms, shown, count=view.alarm_count),
        _timeline(view, shown),
    ]


def _title(view: IncidentDetail, shown: Shown) -> str:
    _ = shown.translate
    return _("{kind}警情 {n}").format(kind=_(words.ALARM_KIND[view.kind]), n=view.id)


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


def _outcome(view: IncidentDetail, shown: Shown) -> Part:
    """Return how it ended; nothing while it is open."""
    _ = shown.translate
    if view.closed_at is None:
        return None
    return section(
        _("结果"),
        merged_notice(view, shown),
        facts(
            [
                (_("结果"), _ended(view, shown)),
                (_("误报原因"), _false_cause(view, shown)),
                (_("说明"), view.verdict_cause),
                (_("关闭时间"), _by(view.closed_at, view.closed_by, shown)),
            ]
        ),
    )


def _ended(view: IncidentDetail, shown: Shown) -> str:
    _ = shown.translate
    recovered = view.outcome is Outcome.RECOVERED
    return _(words.INCIDENT_ACTION["recovered"]) if recovered else outcome_word(view.outcome, _)


def _false_cause(view: IncidentDetail, shown: Shown) -> str | None:
    causes = [alarm.false_cause for alarm in view.alarms if alarm.false_cause]
    return shown.translate(words.FALSE_CAUSE[causes[0]]) if causes else None


def _by(at: datetime, who: str | None, shown: Shown) -> str:
    return " · ".join(part for part in (shown.moment(at), shown.who(who)) if part)


def _alarm_row(alarm: PastAlarm, shown: Shown, *, of_device: bool) -> Component:
    _ = shown.translate
    incident = None if alarm.incident_id is None else href("incident", str(alarm.incident_id))
    kind = _(words.ALARM_KIND[alarm.kind])
    end = verdict_word(alarm.verdict, _, is_open=alarm.closed_at is None)
    done = " ".join(part for part in (end, alarm.closed_by or alarm.acked_by) if part)
    times = f" ×{alarm.count}" if alarm.count > 1 else ""
    false_cause = alarm.false_cause and _(words.FALSE_CAUSE[alarm.false_cause])
    sub = [None if of_device else alarm.device_name, done, false_cause, alarm.note]
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
    elif entry.action == "photo":
        detail = ""
    elif entry.action == "checked":
        detail = _(words.CHECK.get(entry.detail, entry.detail))
    after = shown.duration((entry.at - view.opened_at).total_seconds())
    return html.Li(
        [
            html.Time(shown.moment(entry.at), className="num", dateTime=entry.at.isoformat()),
            html.Span(f"+{after}", className="num quiet"),
            html.B(word),
            html.Span(
                " · ".join(part for part in (detail, shown.who(entry.actor)) if part),
                className="quiet",
            ),
        ],
        className="timeline-item",
    )
