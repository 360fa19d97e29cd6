"""The record that is handed over to 119: a page of its own, to read out, copy and print.

Page and text to copy are made of the same parts, so that they never differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from data.domain.handover import HandOver, Sensor
from data.domain.response import Stage
from data.domain.views import DeviceNow, FacilityNear, PersonView
from layouts import words
from layouts.confidence import confidence_text
from layouts.plain import plain_head
from layouts.shown import Shown, number, quantity, unit

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of the record."""

    title: str
    facts: tuple[Fact, ...]


def hand_over_page(record: HandOver, assets: str, shown: Shown) -> str:
    """Return the whole page; every value is escaped here."""
    _ = shown.translate
    parts = hand_over_parts(record, shown)
    body = "\n".join(_section(part) for part in parts)
    made = _("生成于 {at}").format(at=f"{shown.day(record.made_at)} {shown.clock(record.made_at)}")
    copy, paper, back = escape(_("复制全文")), escape(_("打印")), escape(_("返回警情"))
    copied, refused = escape(_("已复制")), escape(_("浏览器不允许复制，请手动选择"))
    return f"""{plain_head(_("119 移交单"), "handover.css", assets, shown.lang)}
<body class="handover">
<header class="handover-head">
<h1>{escape(_title(record, shown))}</h1>
<p class="handover-made">{escape(made)}</p>
<div class="handover-tools">
<button class="button button-primary" type="button" data-action="copy">{copy}</button>
<button class="button" type="button" data-action="print">{paper}</button>
<a class="button" href="/?incident={record.incident}">{back}</a>
<span class="handover-said" role="status" data-copied="{copied}" data-refused="{refused}"></span>
</div>
</header>
<main>
{body}
</main>
<textarea class="visually-hidden" id="handover-text" readonly tabindex="-1" aria-hidden="true"
>{escape(hand_over_text(record, shown))}</textarea>
<script type="module" src="{assets}/js/handover.mjs"></script>
</body>
</html>
"""


def missing_page(assets: str, shown: Shown) -> str:
    """Return the page for an incident that is not there, or was merged into another."""
    _ = shown.translate
    said = _("没有这起警情，或它已并入其他警情。")
    back = _("返回值班台")
    return f"""{plain_head(_("119 移交单"), "handover.css", assets, shown.lang)}
<body class="handover"><main><p role="alert">{escape(said)}</p>
<p><a class="button" href="/">{escape(back)}</a></p></main></body>
</html>
"""


def hand_over_text(record: HandOver, shown: Shown) -> str:
    """Return the record as text to send."""
    _ = shown.translate
    lines = [_title(record, shown)]
    for part in hand_over_parts(record, shown):
        lines += ["", f"【{part.title}】"]
        lines += [_("{term}：{value}").format(term=t, value=v) if t else v for t, v in part.facts]
    return "\n".join(lines) + "\n"


def hand_over_parts(record: HandOver, shown: Shown) -> tuple[Part, ...]:
    """Return the record in the order in which 119 asks."""
    return (
        _where(record, shown),
        _what(record, shown),
        _who(record, shown),
        _devices(record, shown),
        _water(record, shown),
        _access(record, shown),
        _response(record, shown),
    )


def _title(record: HandOver, shown: Shown) -> str:
    _ = shown.translate
    kind = _(words.ALARM_KIND[record.what.kind])
    title = _("119 移交单 · {kind}警情 {n}").format(kind=kind, n=record.incident)
    return f"{title} · {_('演示数据')}" if record.demo else title


def _section(part: Part) -> str:
    rows = "\n".join(
        f"<div><dt>{escape(term)}</dt><dd>{escape(value)}</dd></div>"
        if term
        else f'<div class="handover-line"><dd>{escape(value)}</dd></div>'
        for term, value in part.facts
    )
    return f"<section><h2>{escape(part.title)}</h2><dl>\n{rows}\n</dl></section>"


def _part(title: str, facts: Iterable[tuple[str, str | None]]) -> Part:
    return Part(title, tuple((term, value) for term, value in facts if value))


def _joined(values: Sequence[str], shown: Shown) -> str:
    return shown.translate("、").join(values)


def _where(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    where = record.where
    community = where.community_en if shown.lang == "en" else where.community
    return _part(
        _("地点"),
        [
            (_("地址"), where.address),
            (_("建筑"), where.building),
            (_("社区"), community or where.community),
            (_("类别"), where.category and _(words.CATEGORY[where.category])),
            (_("层数"), _("{n} 层").format(n=where.storeys) if where.storeys else None),
            (_("建成年份"), str(where.built_year) if where.built_year else None),
            (_("报警位置"), _joined(where.locations, shown)),
            (_("波及建筑"), _joined(where.also, shown)),
            (_("经纬度"), f"{where.lon:.5f}, {where.lat:.5f} (CGCS2000)"),
        ],
    )


def _what(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    what = record.what
    causes = [_(words.ALARM_CAUSE.get(cause, cause)) for cause in what.causes]
    sure = _("尚未经人确认")
    if what.confirmed_at is not None:
        sure = f"{shown.clock(what.confirmed_at)} · {what.confirmed_by or ''}".rstrip(" ·")
    return _part(
        _("情况"),
        [
            (_("类别"), _(words.ALARM_KIND[what.kind])),
            (_("火情确认"), sure),
            (_("首次报警"), f"{shown.day(what.first_at)} {shown.clock(what.first_at)}"),
            (_("最近一次报警"), shown.clock(what.last_at)),
            (_("报警原因"), _joined(causes, shown)),
            (_("可信度依据"), confidence_text(what.confidence, shown)),
        ],
    )


def _who(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    residents = record.who.residents
    people = _("不明") if residents is None else _("{n} 人").format(n=number(residents))
    return _part(
        _("人员"),
        [(_("居住人数"), people), *(_person(one, shown) for one in record.who.to_call)],
    )


def _person(person: PersonView, shown: Shown) -> Fact:
    _ = shown.translate
    phone = person.phone or _("未登记电话")
    return _(words.PERSON_ROLE[person.role]), f"{person.label} · {phone}"


def _devices(record: HandOver, shown: Shown) -> Part:
    return _part(shown.translate("设备"), [("", _sensor(row, shown)) for row in record.devices])


def _sensor(row: Sensor, shown: Shown) -> str:
    _ = shown.translate
    causes = _joined([_(words.ALARM_CAUSE.get(cause, cause)) for cause in row.causes], shown)
    parts = [row.name, _(words.DEVICE_KIND[row.kind]), row.location]
    parts += [shown.clock(row.first_at), causes, _now(row.now, shown)]
    return " · ".join(part for part in parts if part)


def _now(now: DeviceNow | None, shown: Shown) -> str:
    """Return the last values with when they were measured."""
    if now is None or now.measured_at is None:
        return ""
    values = [f"{quantity(n, v)} {unit(n)}" for n, v in now.values.items() if n != "battery_pct"]
    return f"{' '.join(values)} ({shown.clock(now.measured_at)})" if values else ""


def _water(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    hydrants = [(_("消火栓"), _hydrant(near, shown)) for near in record.water.hydrants]
    stations = [(_("微型消防站"), _station(near, shown)) for near in record.water.stations]
    return _part(
        _("水源与力量"), [*(hydrants or [(_("消火栓"), _("200 米内没有消火栓"))]), *stations]
    )


def _hydrant(near: FacilityNear, shown: Shown) -> str:
    _ = shown.translate
    pressure = _now(near.now, shown) or _("水压不明")
    return f"{near.name} · {_('{n} 米').format(n=number(near.distance_m))} · {pressure}"


def _station(near: FacilityNear, shown: Shown) -> str:
    _ = shown.translate
    walk = _("步行约 {n} 分钟").format(n=max(1, round(near.walk_min)))
    return f"{near.name} · {_('{n} 米').format(n=number(near.distance_m))} · {walk}"


def _access(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    access = record.access
    hazards = _joined([_(words.HAZARD.get(kind, kind)) for kind in access.hazards], shown)
    charging = {True: _("有充电设施"), False: _("没有充电设施"), None: None}
    return _part(
        _("进场"),
        [
            (_("未整改隐患"), hazards or _("没有登记的阻碍")),
            (_("电动自行车"), charging[access.ebike_charging]),
            (_("毗邻建筑"), _joined(access.neighbours, shown)),
        ],
    )


def _response(record: HandOver, shown: Shown) -> Part:
    _ = shown.translate
    response = record.response
    times = [
        (Stage.DISPATCHED, response.dispatched_at),
        (Stage.ARRIVED, response.arrived_at),
        (Stage.CONTROLLED, response.controlled_at),
        (Stage.ENDED, response.ended_at),
    ]
    facts = [(_(words.INCIDENT_ACTION[str(s)]), shown.clock(at)) for s, at in times if at]
    sent = response.dispatched_to
    return _part(_("处置"), [(_("派出力量"), sent), *facts] if facts else [("", _("尚未派出"))])
