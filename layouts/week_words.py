"""The week in words: its one sentence, changes, and the free words of its tables."""

from typing import Final

from data.domain.kpis import Change
from data.domain.weekly import CommunityWeek, Headline, Trend, trend
from data.domain.weeks import Week
from layouts.i18n import Translator
from layouts.shown import Shown, number


def _(msgid: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return msgid


#: Full-width marks for Chinese, the usual ones for English.
_JOIN: Final = {"zh": ("；", "。"), "en": ("; ", ".")}
#: A change smaller than this is told in numbers, not in percent.
SMALL: Final = 10


def sentence(facts: Headline, shown: Shown) -> str:
    """Tell the week in one sentence."""
    clauses = [
        _fires(facts.fires, shown.translate),
        _alarms(facts, shown.translate),
        _risen(facts.risen, shown),
        _floods(facts.floods, shown.translate),
        _overdue(facts.hazards_overdue, shown.translate),
    ]
    comma, stop = _JOIN[shown.lang]
    return comma.join(clause for clause in clauses if clause) + stop


def week_title(week: Week, shown: Shown) -> str:
    """Return ``2026 年第 47 周``."""
    return shown.translate(_("{year} 年第 {number} 周")).format(year=week.year, number=week.number)


def week_days(week: Week) -> str:
    """Return the first and last day."""
    return f"{week.monday:%Y-%m-%d} – {week.sunday:%m-%d}"


def community_name(row: CommunityWeek, shown: Shown) -> str:
    """Return a community's name in the language."""
    return row.name_en if shown.lang == "en" and row.name_en else row.name


def change_words(change: Change, translate: Translator, *, digits: int = 0, unit: str = "") -> str:
    """Return a change with its sign: ``+12（+8%）``; a dash when nothing is known to compare."""
    difference = change.difference
    if difference is None:
        return "—"
    if round(difference, digits) == 0:
        return translate(_("持平"))
    text = f"{sign(difference)}{number(abs(difference), digits)}{unit}"
    if unit or change.ratio is None or abs(change.before or 0) < SMALL:
        return text
    percent = f"{sign(change.ratio)}{number(abs(change.ratio) * 100)}%"
    return translate(_("{change}（{percent}）")).format(change=text, percent=percent)


def sign(value: float) -> str:
    """Return ``+`` or a true minus."""
    return "+" if value > 0 else "−"


def counted(word: str, shown: Shown) -> str:
    """Return a Chinese measure word (起, 处, 次); English counts without one."""
    return word if shown.lang == "zh" else ""


def share(value: float | None, digits: int = 0) -> str:
    """Return a share as percent, a dash for unknown."""
    return "—" if value is None else f"{number(100 * value, digits)}%"


def _fires(count: int, translate: Translator) -> str:
    return (
        translate(_("发生火灾 {n} 起")).format(n=count) if count else translate(_("没有发生火灾"))
    )


def _alarms(facts: Headline, translate: Translator) -> str:
    change = facts.alarms_change
    compared = {
        Trend.UP: _("共报警 {n} 条，比上周多 {change}"),
        Trend.DOWN: _("共报警 {n} 条，比上周少 {change}"),
        Trend.SAME: _("共报警 {n} 条，与上周相当"),
        Trend.UNKNOWN: _("共报警 {n} 条"),
    }
    amount = share(abs(change.ratio)) if change.ratio is not None else number(abs(change.now or 0))
    return translate(compared[trend(change)]).format(n=number(facts.alarms), change=amount)


def _risen(row: CommunityWeek | None, shown: Shown) -> str:
    if row is None:
        return ""
    text = shown.translate(_("上升最多的是{place}（+{n}）"))
    return text.format(place=community_name(row, shown), n=row.change)


def _floods(count: int, translate: Translator) -> str:
    return translate(_("报警洪泛 {n} 次")).format(n=count) if count else ""


def _overdue(count: int, translate: Translator) -> str:
    return translate(_("逾期未整改隐患 {n} 处")).format(n=count) if count else ""
