"""The work on an incident in its panel and in its building's: clock, steps, checklist, notes.

The forms are made by the browser (``assets/js/lib/incident_forms.mjs``) in the places that say
``data-act``; who may only look gets neither these places nor a checklist to tick.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.drilldown import Check, Handling, Help, IncidentDetail, OpenNear, PastAlarm
from data.domain.response import STAGES, Stage
from data.domain.rights import Right
from data.domain.words import STATUS_OF_ALARM, AlarmKind
from layouts import words
from layouts.components import Part, aria, badge, data, empty, href, mark, section
from layouts.confidence import confidence_sentence
from layouts.drilldown import people_section
from layouts.drilldown_building import near_section
from layouts.history_columns import cause_text
from layouts.shown import DAY, HOUR, MINUTE, Shown, number


def _(msgid: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return msgid


#: Steps of the clock: the timeline's action and its word.
_STEPS: Final = (
    ("acknowledged", _("报警确认")),
    ("dispatched", _("派出")),
    ("arrived", _("到场")),
    ("controlled", _("控制")),
    ("ended", _("结束")),
)
_FORM_OF: Final = {
    Stage.DISPATCHED: "dispatched",
    Stage.ARRIVED: "arrived",
    Stage.CONTROLLED: "controlled",
    Stage.ENDED: "ended",
}


@dataclass(frozen=True, slots=True)
class AtHand:
    """An incident with the work on it."""

    incident: IncidentDetail
    handling: Handling


def clock(seconds: float, shown: Shown) -> str:
    """Return a span as the browser's running clocks write it: 04:07, 2 时 05 分, 3 天."""
    _ = shown.translate
    past = max(0, int(seconds))
    if past < HOUR:
        return f"{past // MINUTE:02}:{past % MINUTE:02}"
    if past < DAY:
        return _("{h} 时 {m} 分").format(h=past // HOUR, m=f"{past % HOUR // MINUTE:02}")
    return _("{n} 天").format(n=past // DAY)


def response_section(at_hand: AtHand, shown: Shown) -> Component:
    """Return the clock of the response and what comes next."""
    _ = shown.translate
    return section(
        _("处置"),
        html.Ol(_clock_lines(at_hand, shown), className="response"),
        _next_step(at_hand, shown),
    )


def checklist_section(at_hand: AtHand, shown: Shown) -> Component:
    """Return what to think of, with who has done what."""
    _ = shown.translate
    checks = at_hand.handling.checks
    tick = at_hand.incident.closed_at is None and shown.may(Right.RESPOND)
    done = sum(check.done_at is not None for check in checks)
    return section(
        _("核对清单"),
        html.P(_("{done} / {all} 项已完成").format(done=done, all=len(checks)), className="quiet"),
        html.Ul(
            [_check_row(check, at_hand.incident.id, shown, tick=tick) for check in checks],
            className="checks",
        ),
    )


def note_section(at_hand: AtHand, shown: Shown) -> Part:
    """Return the place of the note's form; a note may be added when all is over."""
    if not shown.may(Right.NOTE):
        return None
    return section(shown.translate("处置备注"), act("note", at_hand.incident.id), css="acts")


def ending_section(at_hand: AtHand, shown: Shown) -> Part:
    """Return the places of verdict, merge and split; nothing where none of them may be done."""
    _ = shown.translate
    view = at_hand.incident
    if view.closed_at is not None or not shown.may(Right.END_INCIDENT):
        return None
    running = view.response.running
    wait = html.P(_("处置还在进行：先记录结束，再结案。"), className="quiet")
    return section(
        _("结案"),
        wait if running else act("close", view.id),
        *(_regroup(at_hand, shown) if shown.may(Right.REGROUP) else ()),
        css="acts",
    )


def _regroup(at_hand: AtHand, shown: Shown) -> tuple[Part, Part]:
    _ = shown.translate
    return (
        _folded(_("合并其他警情"), _merge(at_hand, shown)),
        _folded(_("拆分警情"), _split(at_hand.incident, shown)),
    )


def confidence_section(view: IncidentDetail, shown: Shown) -> Component:
    """Say why the incident is believed, or that one device alone says so."""
    _ = shown.translate
    return section(_("可信度依据"), html.P(confidence_sentence(view.confidence, shown)))


def help_sections(found: Help, shown: Shown) -> list[Component]:
    """Return whom to call, and the stations and hydrants near by."""
    _ = shown.translate
    return [
        people_section(_("处置联系"), found.people, shown, _("尚未登记责任人和网格员")),
        near_section(found.micro_stations, found.hydrants, shown),
    ]


def building_incident(at_hand: AtHand, shown: Shown) -> Component:
    """Return the open incident of a building: the way to it, and the work on it."""
    _ = shown.translate
    view = at_hand.incident
    title = _("{kind}警情 {n}").format(kind=_(words.ALARM_KIND[view.kind]), n=view.id)
    link = dcc.Link(
        [mark(STATUS_OF_ALARM[view.kind]), html.B(title), html.Span(_("打开"), className="quiet")],
        href=href("incident", str(view.id)),
        className="incident-link",
    )
    return html.Div(
        [
            html.Section(link, className="drill-section incident-here"),
            response_section(at_hand, shown),
            confidence_section(view, shown),
            checklist_section(at_hand, shown),
            note_section(at_hand, shown),
        ],
        className="incident-block",
    )


def act(name: str, incident: int, **more: object) -> Component:
    """Return the empty place of a form; what it needs travels as ``data-*``."""
    return html.Div(className="act", **data(act=name, incident=incident, **more))


def _clock_lines(at_hand: AtHand, shown: Shown) -> list[Component]:
    _ = shown.translate
    view, reached = at_hand.incident, at_hand.handling.reached
    last = view.opened_at
    lines = [_reached(_("发生"), view.opened_at, view.opened_at, "", shown)]
    waiting = view.closed_at is None
    for action, word in _STEPS:
        at = _time_of(view, action)
        entry = reached.get(action)
        if at is not None:
            who = "" if entry is None else entry.actor
            to = view.response.dispatched_to if action == "dispatched" else None
            said = " · ".join(part for part in (to, who) if part)
            lines.append(_reached(_(word), at, view.opened_at, said, shown))
            last = at
        elif waiting:
            lines.append(_waiting(_(word), last, shown))
            waiting = False
        elif view.closed_at is None:
            lines.append(html.Li(html.Span(_(word)), className="step step-later"))
    if view.closed_at is not None:
        by = shown.who(view.closed_by)
        lines.append(_reached(_("警情结案"), view.closed_at, view.opened_at, by, shown))
    return lines


def _time_of(view: IncidentDetail, action: str) -> datetime | None:
    response = view.response
    times = {
        "acknowledged": view.acked_at,
        "dispatched": response.dispatched_at,
        "arrived": response.arrived_at,
        "controlled": response.controlled_at,
        "ended": response.ended_at,
    }
    return times[action]


def _reached(word: str, at: datetime, start: datetime, said: str, shown: Shown) -> Component:
    after = f"+{clock((at - start).total_seconds(), shown)}" if at != start else ""
    return html.Li(
        [
            html.B(word),
            html.Time(
                shown.clock(at),
                className="num",
                title=shown.moment(at),
                dateTime=at.isoformat(),
            ),
            html.Span(after, className="num quiet"),
            html.Span(said, className="step-said quiet") if said else None,
        ],
        className="step step-reached",
    )


def _waiting(word: str, since: datetime, shown: Shown) -> Component:
    _ = shown.translate
    return html.Li(
        [
            html.B(word),
            html.Span(_("等待"), className="quiet"),
            html.Span(
                clock((shown.now - since).total_seconds(), shown),
                className="num step-running",
                **data(since=round(since.timestamp() * 1000)),
            ),
        ],
        className="step step-next",
        **aria(current="step"),
    )


def _next_step(at_hand: AtHand, shown: Shown) -> Part:
    """Return the buttons: confirm a fire, the next stage, the record for 119."""
    _ = shown.translate
    view = at_hand.incident
    record = html.A(
        _("119 移交单"),
        href=f"/handover/{view.id}",
        target="_blank",
        className=_record_class(at_hand),
    )
    links = html.P(record, className="response-links")
    if view.closed_at is not None:
        return links if view.alarms else None
    parts: list[Part] = []
    if shown.may(Right.CONFIRM_FIRE) and (waits := _to_confirm(at_hand)) is not None:
        parts.append(act("confirm", view.id, alarm=waits.id))
    stage = STAGES.index(view.response.stage)
    if shown.may(Right.RESPOND) and stage + 1 < len(STAGES):
        following = STAGES[stage + 1]
        to = _send(shown) if following is Stage.DISPATCHED else None
        parts.append(act(_FORM_OF[following], view.id, options=to))
    return html.Div([*parts, links], className="acts") if parts else links


def _record_class(at_hand: AtHand) -> str:
    return "button button-primary" if "confirmed" in at_hand.handling.reached else "button"


def _to_confirm(at_hand: AtHand) -> PastAlarm | None:
    """Return the alarm by which a person confirms the fire, None where one was confirmed."""
    if "confirmed" in at_hand.handling.reached:
        return None
    kinds = (AlarmKind.FIRE, AlarmKind.PREALARM)
    waiting = [a for a in at_hand.incident.alarms if a.closed_at is None and a.kind in kinds]
    return min(waiting, key=lambda a: (kinds.index(a.kind), a.raised_at), default=None)


def _send(shown: Shown) -> str:
    """Return who is usually sent, for the browser to offer."""
    _ = shown.translate
    return json.dumps([_("微型消防站"), _("网格员"), _("派出所"), "119"], ensure_ascii=False)


def _check_row(check: Check, incident: int, shown: Shown, *, tick: bool) -> Component:
    _ = shown.translate
    word = _(words.CHECK[check.item])
    if check.done_at is not None:
        who = f"{shown.clock(check.done_at)} {check.done_by}"
        done = [html.Span("✓", className="check-box"), html.Span(word, className="check-word")]
        return html.Li([*done, html.Span(who, className="quiet num")], className="check check-done")
    if not tick:
        return html.Li(
            [html.Span("—", className="check-box"), html.Span(word, className="check-word quiet")],
            className="check",
        )
    return html.Li(
        html.Button(
            [html.Span(className="check-box"), html.Span(word, className="check-word")],
            type="button",
            className="check-button",
            **data(check=check.item, incident=incident),
        ),
        className="check",
    )


def _folded(title: str, *children: Part) -> Component:
    return html.Details([html.Summary(title, className="quiet"), *children], className="more")


def _merge(at_hand: AtHand, shown: Shown) -> Component:
    _ = shown.translate
    others = at_hand.handling.others
    if not others:
        return empty(_("没有其他未结警情。有时，附近的警情可在这里并入。"))
    options = [{"id": other.id, "label": _other(other, shown)} for other in others]
    return act("merge", at_hand.incident.id, options=json.dumps(options, ensure_ascii=False))


def _other(other: OpenNear, shown: Shown) -> str:
    _ = shown.translate
    kind = _(words.ALARM_KIND[other.kind])
    metres = _("{n} 米").format(n=number(other.distance_m))
    parts = [f"{other.id} {kind}", other.place, metres, shown.clock(other.opened_at)]
    if other.stage is not Stage.NONE:
        parts.append(_(words.INCIDENT_ACTION[str(other.stage)]))
    return " · ".join(parts)


def _split(view: IncidentDetail, shown: Shown) -> Component:
    _ = shown.translate
    if view.alarm_count < 2:  # noqa: PLR2004 - one alarm can't be split
        return empty(_("只有一条报警，不能拆分。"))
    options = [{"id": alarm.id, "label": _alarm_label(alarm, shown)} for alarm in view.alarms]
    return act("split", view.id, options=json.dumps(options, ensure_ascii=False))


def _alarm_label(alarm: PastAlarm, shown: Shown) -> str:
    _ = shown.translate
    cause = cause_text(alarm.cause, alarm.value, shown)
    return " · ".join([alarm.device_name, cause, shown.clock(alarm.raised_at)])


def merged_notice(view: IncidentDetail, shown: Shown) -> Part:
    """Return where an incident that was merged has gone."""
    _ = shown.translate
    if view.merged_into is None:
        return None
    link = dcc.Link(
        _("警情 {n}").format(n=view.merged_into), href=href("incident", str(view.merged_into))
    )
    return html.P([badge(_("已并入")), " ", link])


def others_here(incidents: Sequence[int], shown: Shown) -> Part:
    """Return the ways to the further open incidents of a building."""
    _ = shown.translate
    if not incidents:
        return None
    links = [
        dcc.Link(_("警情 {n}").format(n=n), href=href("incident", str(n)), className="button-link")
        for n in incidents
    ]
    return html.P([_("此建筑的其他未结警情"), " ", *links])
