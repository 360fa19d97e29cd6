"""The list under the search box."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from data.domain.drilldown import IncidentHit
from data.domain.views import HitKind, SearchHit
from data.domain.words import STATUS_OF_ALARM, BuildingCategory, DeviceKind, FacilityKind
from layouts import words
from layouts.components import data, empty, href, mark, row
from layouts.shown import Shown


def search_results(
    hits: Sequence[SearchHit], incident: IncidentHit | None, asked: str, shown: Shown
) -> Component:
    """Return what was found, an incident by its number first, or that nothing was."""
    _ = shown.translate
    found = [] if incident is None else [_incident_row(incident, shown)]
    found += [_hit_row(hit, shown) for hit in hits]
    if not found:
        return empty(_("没有找到“{text}”").format(text=asked))
    # The browser opens the first result of what was asked last, not of what was found last.
    return html.Ul(found, className="rows", **data(asked=asked))


def _incident_row(hit: IncidentHit, shown: Shown) -> Component:
    _ = shown.translate
    state = _("处置中") if hit.is_open else _("已关闭")
    return row(
        _("警情 {n}").format(n=hit.id),
        sub=f"{hit.place} · {shown.moment(hit.opened_at)} · {state}",
        before=mark(STATUS_OF_ALARM[hit.kind]),
        link=href("incident", str(hit.id)),
    )


def _hit_row(hit: SearchHit, shown: Shown) -> Component:
    name = hit.name_en if shown.lang == "en" and hit.name_en else hit.name
    return row(
        name,
        sub=" · ".join(part for part in (_what(hit, shown), hit.detail) if part),
        before=_mark(hit),
        link=href(*hit.opens),
    )


def _mark(hit: SearchHit) -> Component | None:
    if hit.kind is HitKind.BUILDING:
        return mark(building=hit.id)
    if hit.kind is HitKind.COMMUNITY:
        return mark(community=hit.id)
    return None if hit.slot is None else mark(slot=hit.slot)


def _what(hit: SearchHit, shown: Shown) -> str:
    _ = shown.translate
    match hit.kind:
        case HitKind.COMMUNITY:
            return _("社区")
        case HitKind.WORK_POINT:
            return _("工作点")
        case HitKind.BUILDING:
            return _(words.CATEGORY[BuildingCategory(hit.word)])
        case HitKind.FACILITY:
            return _(words.FACILITY_KIND[FacilityKind(hit.word)])
        case HitKind.DEVICE:
            return _(words.DEVICE_KIND[DeviceKind(hit.word)])
