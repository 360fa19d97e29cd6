"""The drill-down of one building: what it is, whom to call, what is wrong, what is near."""

from collections.abc import Sequence
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.drilldown import CameraNear
from data.domain.views import (
    BuildingView,
    DeviceNow,
    DeviceRow,
    FacilityNear,
    FireView,
    HazardView,
    IncidentView,
    InspectionView,
    OpenAlarmView,
)
from data.domain.words import STATUS_OF_ALARM, Status
from layouts import ids, words
from layouts.cameras import cameras_section
from layouts.components import (
    Crumb,
    Part,
    age,
    badge,
    badges,
    crumbs,
    data,
    empty,
    facts,
    figure,
    figures,
    href,
    mark,
    reading,
    readings,
    row,
    rows,
    section,
    skeleton,
    status_word,
    summary,
)
from layouts.drilldown import drill, head, people_section, root_crumb
from layouts.history_columns import outcome_word
from layouts.shown import Shown, number
from layouts.trends import trend_section

SERIOUS_HAZARD = 2
#: Stands in for a device of which the present knows nothing.
_UNKNOWN = DeviceNow(Status.NORMAL)


def building_panel(
    view: BuildingView, cameras: Sequence[CameraNear], here: Sequence[Part], shown: Shown
) -> Component:
    """Return one building with the cameras that see it; ``here``: what is going on there."""
    _ = shown.translate
    building = view.facts
    worst = _worst(view)
    category = _(words.CATEGORY[building.category])
    return drill(
        "building",
        building.id,
        crumbs(
            shown,
            [
                root_crumb(shown),
                Crumb(shown.place(view.community), href("community", view.community.id)),
                Crumb(building.name, None),
            ],
        ),
        head(
            building.name,
            f"{category} · {building.address}",
            before=mark(worst, building=building.id, large=True),
            after=status_word(shown, worst, building=building.id),
        ),
        html.Div(here, id=ids.HANDLING),
        _summary(view, shown),
        people_section(_("处置联系"), view.people, shown, _("尚未登记责任人和网格员")),
        _devices(view, shown),
        _risk(view, shown),
        trend_section(shown),
        near_section(view.micro_stations, view.hydrants, shown),
        cameras_section(cameras, shown),
        _facts(view, shown),
        _hazards(view, shown),
        _inspections(view, shown),
        _incidents(view, shown),
        _fires(view, shown),
        _plan(shown),
        watch=building.id,
        building_id=building.id,
    )


def alarms_section(alarms: tuple[OpenAlarmView, ...], shown: Shown) -> Component:
    """Return the open alarms, oldest first; each leads to its incident, else to its device."""
    _ = shown.translate
    return section(
        _("未关闭的报警"),
        html.Ul([_alarm_row(alarm, shown) for alarm in alarms], className="rows"),
        count=len(alarms),
    )


def _risk(view: BuildingView, shown: Shown) -> Component:
    """Return the place for the building's risk; the browser fills it from ``/live/risk``."""
    place = html.Div(skeleton(3), className="drill-risk", **data(building=view.facts.id))
    return section(shown.translate("风险"), place)


def _worst(view: BuildingView) -> Status | None:
    """Return the worst status of the listed devices, None while nothing is known."""
    return max((row.now.status for row in view.devices if row.now), default=None)


def _alarm_row(alarm: OpenAlarmView, shown: Shown) -> Component:
    _ = shown.translate
    cause = _(words.ALARM_CAUSE.get(alarm.cause, alarm.cause))
    state = _("已确认") if alarm.acked_at else _("未确认")
    if alarm.cleared_at:
        state = f"{state} · {_('已恢复')}"
    return row(
        f"{_(words.ALARM_KIND[alarm.kind])} · {cause}",
        sub=f"{alarm.device_name} · {state}",
        before=mark(STATUS_OF_ALARM[alarm.kind]),
        side=[age(shown, alarm.raised_at)],
        link=href("device", alarm.device_id)
        if alarm.incident_id is None
        else href("incident", str(alarm.incident_id)),
    )


def _summary(view: BuildingView, shown: Shown) -> Component:
    """Return what those who drive there must know first."""
    _ = shown.translate
    building = view.facts
    year = str(building.built_year) if building.built_year else "—"
    missing = building.ebike_charging_required and not building.ebike_charging_present
    return summary(
        figures(
            figure(number(building.storeys), _("层数"), _("层")),
            figure(number(building.residents), _("居住人数"), _("人")),
            figure(year, _("建成年份")),
        ),
        _newest(view, shown),
        badges(
            badge(_("缺充电设施"), "warn") if missing else None,
            badge(_("小单位")) if building.small_unit else None,
            badge(_("演示数据")) if building.demo else None,
        ),
    )


def _newest(view: BuildingView, shown: Shown) -> Component:
    """Return how old the newest reading of the listed devices is."""
    _ = shown.translate
    times = [row.now.measured_at for row in view.devices if row.now and row.now.measured_at]
    if not times:
        return html.P(_("还没有收到此建筑的读数"), className="quiet")
    return html.P([_("最近读数"), " ", age(shown, max(times))], className="quiet")


def _plan(shown: Shown) -> Component:
    _ = shown.translate
    return section(
        _("平面图与照片"),
        empty(_("尚未上传。这里将显示各层平面图（疏散通道、消防设施、设备位置）和建筑外观照片。")),
    )


def _facts(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    building, point = view.facts, view.work_point
    return section(
        _("基本情况"),
        facts(
            [
                (_("类别"), _(words.CATEGORY[building.category])),
                (_("行业"), building.sector),
                (_("地址"), building.address),
                (_("网格"), building.grid),
                (_("工作点"), dcc.Link(shown.place(point), href=href("work_point", point.id))),
                (_("电动自行车"), _charging(view, shown)),
                (_("编号"), building.id),
            ]
        ),
    )


def _charging(view: BuildingView, shown: Shown) -> str:
    """Return whether there is charging for electric bicycles where there must be."""
    _ = shown.translate
    if view.facts.ebike_charging_present:
        return _("有充电设施")
    return _("应建未建") if view.facts.ebike_charging_required else _("不要求")


def _devices(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    hidden = view.device_count - len(view.devices)
    more = _("其余 {n} 台请用搜索查找").format(n=number(hidden))
    return section(
        _("设备"),
        rows(
            [device_row(line, shown) for line in view.devices],
            _("此建筑没有联网设备"),
        ),
        html.P(more, className="quiet") if hidden > 0 else None,
        count=view.device_count,
    )


def device_row(line: DeviceRow, shown: Shown) -> Component:
    """Return one device with its last values and their age."""
    now = line.now
    return row(
        line.name,
        sub=shown.device(line.kind, line.name, line.location),
        before=mark(None if now is None else now.status, slot=line.slot),
        side=[
            html.Span(readings(line.id, now), className="readings"),
            age(shown, None if now is None else now.measured_at, device_id=line.id),
        ],
        link=href("device", line.id),
    )


def near_section(
    stations: Sequence[FacilityNear], hydrants: Sequence[FacilityNear], shown: Shown
) -> Component:
    """Return the nearest micro stations and the hydrants within reach."""
    _ = shown.translate
    return section(
        _("最近的消防力量"),
        rows([_station_row(near, shown) for near in stations], _("尚未登记微型消防站")),
        rows([_hydrant_row(near, shown) for near in hydrants], _("200 米内没有消火栓")),
    )


def _metres(near: FacilityNear, shown: Shown) -> str:
    _ = shown.translate
    return _("{n} 米").format(n=number(near.distance_m))


def _station_row(near: FacilityNear, shown: Shown) -> Component:
    _ = shown.translate
    minutes = max(1, round(near.walk_min))
    walk = _("步行约 {n} 分钟").format(n=minutes)
    return row(
        near.name,
        sub=_(words.FACILITY_KIND[near.kind]),
        side=[
            html.Span(_metres(near, shown), className="num"),
            html.Span(walk, className="quiet"),
        ],
    )


def _hydrant_row(near: FacilityNear, shown: Shown) -> Component:
    _ = shown.translate
    kind = _(words.FACILITY_KIND[near.kind])
    metres = html.Span(_metres(near, shown), className="num")
    if near.device_id is None:
        unwatched = html.Span(_("无水压监测"), className="quiet")
        return row(near.name, sub=kind, side=[metres, unwatched])
    now = near.now or _UNKNOWN
    return row(
        near.name,
        sub=kind,
        before=mark(now.status if near.now else None, slot=near.slot),
        side=[
            metres,
            reading(near.device_id, "pressure_mpa", now.values.get("pressure_mpa")),
            age(shown, now.measured_at, device_id=near.device_id),
        ],
        link=href("device", near.device_id),
    )


def _hazards(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    lines = [_hazard_row(hazard, shown) for hazard in view.hazards]
    overdue = sum(_is_overdue(hazard, shown) for hazard in view.hazards)
    said = _("其中 {n} 处已逾期").format(n=number(overdue))
    return section(
        _("未整改隐患"),
        html.P(badge(said, "warn")) if overdue else None,
        rows(lines, _("没有未整改的隐患")),
        count=len(lines) if lines else None,
    )


def _is_overdue(hazard: HazardView, shown: Shown) -> bool:
    return hazard.due_at is not None and hazard.due_at < shown.now


def _hazard_row(hazard: HazardView, shown: Shown) -> Component:
    _ = shown.translate
    found = _("{day} 发现").format(day=shown.day(hazard.found_at))
    side: list[Part] = []
    if hazard.level >= SERIOUS_HAZARD:
        side.append(badge(_("重大隐患"), "warn"))
    if _is_overdue(hazard, shown):
        side.append(badge(_("已逾期"), "warn"))
    elif hazard.due_at is not None:
        due = _("{day} 前整改").format(day=shown.day(hazard.due_at))
        side.append(html.Span(due, className="quiet"))
    return row(_(words.HAZARD.get(hazard.kind, hazard.kind)), sub=hazard.note or found, side=side)


def _inspections(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    return section(
        _("最近检查"),
        rows([_inspection_row(visit, shown) for visit in view.inspections], _("还没有检查记录")),
    )


def _inspection_row(visit: InspectionView, shown: Shown) -> Component:
    _ = shown.translate
    result = _(words.INSPECTION.get(visit.result, visit.result))
    return row(result, sub=visit.inspector, side=[html.Span(shown.day(visit.at), className="num")])


def _incidents(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    return section(
        _("警情记录"),
        rows([_incident_row(incident, shown) for incident in view.incidents], _("没有警情记录")),
        history_link("incidents", view.facts.id, shown) if view.incidents else None,
    )


def history_link(tab: str, text: str, shown: Shown) -> Component:
    """Return the way into the history of one building or device; another surface, a plain link."""
    _ = shown.translate
    fields = urlencode({"tab": tab, "q": text})
    return html.P(html.A(_("全部历史记录"), href=f"/history/?{fields}", className="button-link"))


def _incident_row(incident: IncidentView, shown: Shown) -> Component:
    _ = shown.translate
    kind = _(words.ALARM_KIND[incident.kind])
    return row(
        f"{kind} · {outcome_word(incident.outcome, _)}",
        sub=incident.verdict_cause,
        before=mark(STATUS_OF_ALARM[incident.kind]),
        side=[html.Span(shown.moment(incident.opened_at), className="num")],
        link=href("incident", str(incident.id)),
    )


def _fires(view: BuildingView, shown: Shown) -> Component:
    _ = shown.translate
    return section(
        _("历史火灾"),
        rows([_fire_row(fire, shown) for fire in view.fires], _("没有火灾记录")),
        count=len(view.fires) if view.fires else None,
    )


def _fire_row(fire: FireView, shown: Shown) -> Component:
    _ = shown.translate
    return row(
        _(words.FIRE_CAUSE.get(fire.cause, fire.cause)),
        sub=fire.note or None,
        side=[html.Span(shown.day(fire.at), className="num")],
    )
