"""The drill-down from the sub-district to the community, and what all its views share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.views import (
    AreaRow,
    BuildingRow,
    CommunityView,
    PersonView,
    SubdistrictView,
    WorkPointView,
)
from layouts import words
from layouts.components import (
    Crumb,
    Part,
    age,
    badge,
    badges,
    crumbs,
    data,
    empty,
    error_state,
    facts,
    figure,
    figures,
    href,
    mark,
    row,
    rows,
    section,
    status_word,
    summary,
)
from layouts.shown import Shown, number

#: People to call that are shown at once.
PEOPLE_SHOWN: Final = 5


def drill(view: str, key: str, *children: Part, **attributes: object) -> Component:
    """Return one view of the drill-down; ``view`` and ``key`` tell the browser what it is."""
    return html.Article(
        [child for child in children if child is not None],
        className="drill",
        **data(view=view, id=key, **attributes),
    )


def head(
    title: str, sub: Part | Sequence[Part], *, before: Part = None, after: Part = None
) -> Component:
    """Return the name of what is shown with its mark and status."""
    return html.Div(
        [
            before,
            html.Div([html.H2(title), html.P(sub, className="quiet")], className="drill-title"),
            after,
        ],
        className="drill-head",
    )


def root_crumb(shown: Shown) -> Crumb:
    """Return the first step of every way: the sub-district."""
    _ = shown.translate
    return Crumb(_("新塘街道"), "/")


def subdistrict_panel(view: SubdistrictView, newest: datetime | None, shown: Shown) -> Component:
    """Return the whole sub-district."""
    _ = shown.translate
    sub = _("{communities} 个社区 · {points} 个工作点").format(
        communities=len(view.communities), points=len(view.work_points)
    )
    return drill(
        "subdistrict",
        "",
        head(_("新塘街道"), sub),
        summary(
            _totals(shown, view.population, view.buildings, view.devices),
            _added_up(shown),
            _newest(newest, shown),
            badges(badge(_("部分人口为假定值")) if view.figures_assumed else None),
        ),
        section(
            _("工作点"),
            rows([_point_row(shown, area) for area in view.work_points], _("尚未导入工作点")),
        ),
        section(
            _("社区"),
            rows([_community_row(shown, area) for area in view.communities], _("尚未导入社区")),
            count=len(view.communities),
        ),
    )


def work_point_panel(view: WorkPointView, newest: datetime | None, shown: Shown) -> Component:
    """Return one work point."""
    _ = shown.translate
    name = shown.place(view.place)
    return drill(
        "work_point",
        view.place.id,
        crumbs(shown, [root_crumb(shown), Crumb(name, None)]),
        head(name, [_("工作点"), " ", badge(_("假定分组")) if view.assumed else None]),
        summary(
            _totals(
                shown,
                sum(area.population for area in view.communities),
                sum(area.buildings for area in view.communities),
                sum(area.devices for area in view.communities),
            ),
            _added_up(shown),
            _newest(newest, shown),
        ),
        section(
            _("社区"),
            rows([_community_row(shown, area) for area in view.communities], _("此工作点没有社区")),
            count=len(view.communities),
        ),
    )


def community_panel(view: CommunityView, newest: datetime | None, shown: Shown) -> Component:
    """Return one community with whom to call and its buildings."""
    _ = shown.translate
    name, code = shown.place(view.place), view.place.id
    return drill(
        "community",
        code,
        crumbs(shown, [root_crumb(shown), Crumb(name, None)]),
        head(
            name,
            _("社区"),
            before=mark(community=code, large=True),
            after=status_word(shown, None, community=code),
        ),
        _community_summary(view, newest, shown),
        _categories(view, shown),
        people_section(_("网格员"), view.officers, shown, _("尚未登记网格员")),
        _buildings(view, shown),
    )


def _newest(newest: datetime | None, shown: Shown) -> Component:
    """Return how old the newest reading of a whole area is."""
    _ = shown.translate
    if newest is None:
        return html.P(_("还没有收到读数"), className="quiet")
    return html.P([_("最近读数"), " ", age(shown, newest)], className="quiet")


def _community_summary(view: CommunityView, newest: datetime | None, shown: Shown) -> Component:
    _ = shown.translate
    point = view.work_point
    return summary(
        _totals(shown, view.population, view.buildings, view.devices),
        _newest(newest, shown),
        facts(
            [
                (_("工作点"), dcc.Link(shown.place(point), href=href("work_point", point.id))),
                (_("户数"), _("{n} 户").format(n=number(view.households))),
                (_("未整改隐患"), _("{n} 处").format(n=number(view.open_hazards))),
                (_("行政代码"), view.place.id),
            ]
        ),
        badges(
            badge(_("示意边界")) if view.schematic else None,
            badge(_("人口为假定值")) if view.figures_assumed else None,
        ),
    )


def people_section(
    title: str, people: Sequence[PersonView], shown: Shown, nothing: str
) -> Component:
    """Return whom to call, by role and number; many are folded away behind the first ones."""
    _ = shown.translate
    lines = [_person_row(person, shown) for person in people]
    first, rest = lines[:PEOPLE_SHOWN], lines[PEOPLE_SHOWN:]
    more = html.Details(
        [
            html.Summary(_("其余 {n} 人").format(n=len(rest)), className="quiet"),
            html.Ul(rest, className="rows"),
        ],
        className="more",
    )
    return section(
        title,
        rows(first, nothing),
        more if rest else None,
        count=len(lines) if lines else None,
    )


def not_found_panel(kind: str, key: str, shown: Shown) -> Component:
    """Say that nothing has this id, and lead back."""
    _ = shown.translate
    what = {
        "community": _("社区"),
        "work_point": _("工作点"),
        "building": _("建筑"),
        "device": _("设备"),
        "incident": _("警情"),
        "slot": _("设备"),
    }.get(kind, kind)
    return drill(
        "error",
        "",
        crumbs(shown, [root_crumb(shown)]),
        error_state(
            _("没有找到这个{what}").format(what=what),
            _("编号 {key} 不存在，可能已被新的数据取代。").format(key=key[:64]),
            _("返回新塘街道"),
        ),
    )


def failed_panel(shown: Shown) -> Component:
    """Say that the data could not be read just now."""
    _ = shown.translate
    return drill(
        "error",
        "",
        crumbs(shown, [root_crumb(shown)]),
        error_state(
            _("暂时无法读取数据"),
            _("数据库没有应答。地图和警情仍会更新，请稍后再试。"),
            _("返回新塘街道"),
        ),
    )


def _totals(shown: Shown, population: int, buildings: int, devices: int) -> Component:
    _ = shown.translate
    return figures(
        figure(number(population), _("人口"), _("人")),
        figure(number(buildings), _("建筑/单位"), _("栋")),
        figure(number(devices), _("设备"), _("台")),
    )


def _counts(shown: Shown, area: AreaRow) -> list[Part]:
    """Return buildings above devices, so that an English name has room beside them."""
    _ = shown.translate
    return [
        html.Span(_("{n} 栋").format(n=number(area.buildings)), className="num"),
        html.Span(_("{n} 台").format(n=number(area.devices)), className="num"),
    ]


def _added_up(shown: Shown) -> Component:
    """Say what a sum of the communities' population is worth (data/reference/SOURCES.md)."""
    _ = shown.translate
    said = _("人口为各社区数字之和：年份和口径（户籍、常住、流动）不同，仅供参考。")
    return html.P(said, className="quiet figures-note")


def _point_row(shown: Shown, area: AreaRow) -> Component:
    _ = shown.translate
    return row(
        shown.place(area.place),
        sub=_("{n} 人").format(n=number(area.population)),
        side=_counts(shown, area),
        link=href("work_point", area.place.id),
    )


def _community_row(shown: Shown, area: AreaRow) -> Component:
    _ = shown.translate
    return row(
        shown.place(area.place),
        sub=_("{n} 人").format(n=number(area.population)),
        before=mark(community=area.place.id),
        side=_counts(shown, area),
        link=href("community", area.place.id),
    )


def _person_row(person: PersonView, shown: Shown) -> Component:
    _ = shown.translate
    phone: Component = html.Span(person.phone, className="num")
    if not person.phone:
        phone = html.Span(_("未登记电话"), className="quiet")
    elif shown.may_call:
        phone = html.A(person.phone, href=f"tel:{person.phone}", className="num")
    role = _(words.PERSON_ROLE[person.role])
    sub = " · ".join(part for part in (role, person.grid) if part)
    return row(person.label, sub=sub, side=[phone])


def _categories(view: CommunityView, shown: Shown) -> Part:
    _ = shown.translate
    if not view.categories:
        return None
    counts = [f"{_(words.CATEGORY[kind])} {count}" for kind, count in view.categories.items()]
    return section(_("建筑类别"), html.P(" · ".join(counts)))


def _buildings(view: CommunityView, shown: Shown) -> Component:
    _ = shown.translate
    if not view.rows:
        return section(_("建筑/单位"), empty(_("此社区还没有登记建筑")))
    hidden = view.buildings - len(view.rows)
    more = _("其余 {n} 栋请用搜索查找").format(n=number(hidden))
    return section(
        _("建筑/单位"),
        html.Ul([_building_row(line, shown) for line in view.rows], className="rows sortable"),
        html.P(more, className="quiet") if hidden > 0 else None,
        count=view.buildings,
    )


def _building_row(line: BuildingRow, shown: Shown) -> Component:
    _ = shown.translate
    category = _(words.CATEGORY[line.category])
    return row(
        line.name,
        sub=f"{category} · {line.address}",
        before=mark(building=line.id),
        side=[html.Span(_("{n} 台").format(n=number(line.devices)), className="num")],
        link=href("building", line.id),
        building=line.id,
        order_by_status="",
    )
