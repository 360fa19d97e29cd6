"""The columns of the history: the same in the table on screen and in a file."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from data.domain.history import AlarmRecord, IncidentRecord, Tab
from data.domain.rules import RULES
from data.domain.weeks import SHANGHAI
from data.domain.words import BuildingCategory, Outcome, Verdict
from layouts import words
from layouts.components import href
from layouts.confidence import confidence_text
from layouts.i18n import Translator
from layouts.shown import Shown, quantity, unit

Cell = str | int | float | datetime | None
Record = AlarmRecord | IncidentRecord

#: The value that each cause is about.
_VALUE_OF_CAUSE: Final = {rule.cause: rule.value for rules in RULES.values() for rule in rules}


def _(msgid: str) -> str:
    """Mark a title for translation; it is translated where it is shown."""
    return msgid


class Column(NamedTuple):
    """One column; ``sort`` is the word by which its title sorts, ``width`` in px on screen."""

    key: str
    title: str
    width: int
    of: Callable[[Any, Shown], Cell]
    sort: str = ""


def _place(record: Record, shown: Shown) -> str:
    return shown.place(record.community)


def _kind(record: Record, shown: Shown) -> str:
    return shown.translate(words.ALARM_KIND[record.kind])


def cause_text(cause: str, value: float | None, shown: Shown) -> str:
    """Return the cause in words with the value that it is about."""
    word = shown.translate(words.ALARM_CAUSE.get(cause, cause))
    name = _VALUE_OF_CAUSE.get(cause)
    if name is None or value is None:
        return word
    return f"{word} · {quantity(name, value)} {unit(name)}"


def _category(record: Record, shown: Shown) -> str:
    return category_word(record.category, shown.translate)


def category_word(category: BuildingCategory | None, _: Translator) -> str:
    """Return the word of a category, empty for none."""
    return "" if category is None else _(words.CATEGORY[category])


def _verdict(record: AlarmRecord, shown: Shown) -> str:
    return verdict_word(record.verdict, shown.translate, is_open=record.closed_at is None)


def _outcome(record: IncidentRecord, shown: Shown) -> str:
    return outcome_word(record.outcome, shown.translate)


def outcome_word(outcome: Outcome | None, _: Translator) -> str:
    """Return how an incident ended, or that it is still being handled."""
    return _("处置中") if outcome is None else _(words.OUTCOME[outcome])


def verdict_word(verdict: Verdict | None, _: Translator, *, is_open: bool) -> str:
    """Return what was found, or that it is still being handled or ended by itself."""
    if verdict is not None:
        return _(words.VERDICT[verdict])
    return _("处置中") if is_open else _(words.OUTCOME[Outcome.RECOVERED])


def _device_kind(record: AlarmRecord, shown: Shown) -> str:
    return shown.translate(words.DEVICE_KIND[record.device_kind])


ALARM_COLUMNS: Final[Sequence[Column]] = (
    Column("time", _("时间"), 168, lambda r, _shown: r.raised_at, "time"),
    Column("kind", _("报警类别"), 140, _kind, "kind"),
    Column("cause", _("原因"), 230, lambda r, shown: cause_text(r.cause, r.value, shown)),
    Column("building", _("建筑"), 220, lambda r, _shown: r.building_name),
    Column("category", _("单位类别"), 140, _category),
    Column("community", _("社区"), 190, _place, "community"),
    Column("device", _("设备名称"), 160, lambda r, _shown: r.device_name),
    Column("device_kind", _("设备类型"), 140, _device_kind),
    Column("location", _("位置"), 130, lambda r, _shown: r.location),
    Column("count", _("次数"), 70, lambda r, _shown: r.count),
    Column("verdict", _("核实"), 136, _verdict),
    Column("note", _("说明"), 180, lambda r, _shown: r.note),
    Column("acked_at", _("确认时间"), 168, lambda r, _shown: r.acked_at),
    Column("acked_by", _("确认人"), 90, lambda r, _shown: r.acked_by),
    Column("cleared_at", _("恢复时间"), 168, lambda r, _shown: r.cleared_at),
    Column("closed_at", _("关闭时间"), 168, lambda r, _shown: r.closed_at),
    Column("closed_by", _("关闭人"), 90, lambda r, _shown: r.closed_by),
    Column("incident", _("警情编号"), 100, lambda r, _shown: r.incident_id),
    Column("id", _("报警编号"), 100, lambda r, _shown: r.id),
)
INCIDENT_COLUMNS: Final[Sequence[Column]] = (
    Column("time", _("时间"), 168, lambda r, _shown: r.opened_at, "time"),
    Column("kind", _("报警类别"), 140, _kind, "kind"),
    Column("building", _("建筑"), 240, lambda r, _shown: r.building_name),
    Column("category", _("单位类别"), 140, _category),
    Column("community", _("社区"), 190, _place, "community"),
    Column("alarms", _("报警数"), 80, lambda r, _shown: r.alarms),
    Column(
        "confidence", _("可信度依据"), 190, lambda r, shown: confidence_text(r.confidence, shown)
    ),
    Column("verdict", _("结果"), 150, _outcome),
    Column("note", _("原因"), 190, lambda r, _shown: r.verdict_cause),
    Column("acked_at", _("确认时间"), 168, lambda r, _shown: r.acked_at),
    Column("arrived_at", _("到场时间"), 168, lambda r, _shown: r.arrived_at),
    Column("closed_at", _("关闭时间"), 168, lambda r, _shown: r.closed_at),
    Column("closed_by", _("关闭人"), 90, lambda r, shown: shown.who(r.closed_by)),
    Column("id", _("警情编号"), 100, lambda r, _shown: r.id),
)
COLUMNS: Final = {Tab.ALARMS: ALARM_COLUMNS, Tab.INCIDENTS: INCIDENT_COLUMNS}


def titles(tab: Tab, shown: Shown) -> list[str]:
    """Return the titles of a tab's columns."""
    translate = shown.translate
    return [translate(column.title) for column in COLUMNS[tab]]


def cells(tab: Tab, record: Record, shown: Shown) -> list[Cell]:
    """Return one row for a file: numbers and times as such."""
    return [column.of(record, shown) for column in COLUMNS[tab]]


def grid_row(tab: Tab, record: Record, shown: Shown) -> dict[str, Any]:
    """Return one row for the table, in words, with where a click on it leads."""
    row = {column.key: _text(column.of(record, shown)) for column in COLUMNS[tab]}
    return {**row, "kind_word": str(record.kind), "href": _opens(record)}


def _text(cell: Cell) -> str | int | float | None:
    return exact(cell) if isinstance(cell, datetime) else cell


def exact(at: datetime) -> str:
    """Return a time to the second in Asia/Shanghai."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _opens(record: Record) -> str:
    if isinstance(record, IncidentRecord):
        return href("incident", str(record.id))
    if record.building_id is not None:
        return href("building", record.building_id)
    return href("device", record.device_id)
