"""The table of rules: read by everybody, changed by an admin, with who changed what and why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.domain.readings import VALUE_RANGES
from data.domain.rights import Right, may
from data.domain.rule_changes import (
    FIRE_THRESHOLDS,
    MAX_OFF_DELAY_S,
    MAX_ON_DELAY_S,
    Numbers,
    RuleChange,
    find_rule,
)
from data.domain.rules import RULES, Rule, Rules, Side
from data.domain.words import STATUS_OF_ALARM, AlarmKind, DeviceKind
from layouts import words
from layouts.components import data, empty, mark
from layouts.header import HeaderView, header
from layouts.shown import Shown, quantity, unit


@dataclass(frozen=True, slots=True)
class RulesView:
    """The rules in force and the newest changes, newest first."""

    header: HeaderView
    rules: Rules
    changes: Sequence[RuleChange]


def rules_page(view: RulesView, shown: Shown) -> Component:
    """Return the page; the browser makes the form of a change."""
    _ = shown.translate
    may_change = may(view.header.role, Right.EDIT_RULES)
    said = _("修改后从下一条读数起生效，并记入历史。") if may_change else _("只有管理员能修改。")
    return html.Div(
        [
            header(view.header, _, active="rules"),
            html.Main(
                [
                    html.H1(_("报警规则")),
                    html.P(said, className="quiet"),
                    _table(view.rules, shown, may_change=may_change),
                    html.H2(_("修改历史")),
                    _history(view.changes, shown),
                ],
                id="main",
                className="rules-main",
            ),
        ],
        className="rules",
        **data(lang=view.header.lang),
    )


def _table(rules: Rules, shown: Shown, *, may_change: bool) -> Component:
    _ = shown.translate
    titles = [_("设备类型"), _("报警"), _("原因"), _("报警条件"), _("恢复条件")]
    titles += [_("报警延时"), _("恢复延时"), _("程序值")]
    heads: list[Component] = [html.Th(title, scope="col") for title in titles]
    if may_change:
        heads.append(html.Th(html.Span(_("修改"), className="visually-hidden"), scope="col"))
    bodies = [
        html.Tbody(
            [
                _rule_row(kind, number, rule, shown, may_change=may_change)
                for number, rule in enumerate(rules[kind])
            ]
        )
        for kind in DeviceKind
        if rules[kind]
    ]
    return html.Table([html.Thead(html.Tr(heads)), *bodies], className="rules-table")


def _rule_row(
    kind: DeviceKind, number: int, rule: Rule, shown: Shown, *, may_change: bool
) -> Component:
    _ = shown.translate
    own = find_rule(RULES, kind, rule.cause)
    changed = Numbers.of(own) != Numbers.of(rule)
    cells = [
        html.Th(_(words.DEVICE_KIND[kind]) if number == 0 else "", scope="row"),
        html.Td([mark(STATUS_OF_ALARM[rule.kind]), " ", _(words.ALARM_KIND[rule.kind])]),
        html.Td(_(words.ALARM_CAUSE[rule.cause])),
        html.Td(_condition(rule, rule.on, shown), className="num"),
        html.Td(_condition(rule, rule.off, shown, back=True), className="num"),
        html.Td(_delay(rule.on_delay_s, shown), className="num"),
        html.Td(_delay(rule.off_delay_s, shown), className="num"),
        html.Td(_numbers(own, Numbers.of(own)) if changed else "=", className="num quiet"),
    ]
    if may_change:
        cells.append(html.Td(_button(kind, rule, shown, changed=changed)))
    return html.Tr(cells, className="rules-changed" if changed else "")


def _condition(rule: Rule, value: float, shown: Shown, *, back: bool = False) -> str:
    above = (rule.side is Side.ABOVE) is not back
    sign = ("<" if back else "≤") if not above else (">" if back else "≥")
    word = shown.translate(words.VALUE[rule.value].word)
    return f"{word} {sign} {quantity(rule.value, value)} {unit(rule.value)}"


def _delay(seconds: int, shown: Shown) -> str:
    return shown.translate("{n} 秒").format(n=seconds) if seconds else "—"


def _button(kind: DeviceKind, rule: Rule, shown: Shown, *, changed: bool) -> Component:
    _ = shown.translate
    low, high = VALUE_RANGES[rule.value]
    on_low, on_high = FIRE_THRESHOLDS.get(rule.cause, (low, high))
    facts: dict[str, Any] = {
        "path": f"/api/v1/rules/{kind}/{rule.cause}",
        "title": f"{_(words.DEVICE_KIND[kind])} · {_(words.ALARM_CAUSE[rule.cause])}",
        "unit": unit(rule.value),
        "above": rule.side is Side.ABOVE,
        "limits": {"on": [on_low, on_high], "off": [low, high]},
        "delays": {
            "on_delay_s": 0 if rule.kind is AlarmKind.FIRE else MAX_ON_DELAY_S,
            "off_delay_s": MAX_OFF_DELAY_S,
        },
        "numbers": Numbers.of(rule).as_dict(),
        "changed": changed,
    }
    return html.Button(
        _("修改"),
        type="button",
        className="button button-small",
        **data(rule=json.dumps(facts, ensure_ascii=False)),
    )


def _history(changes: Sequence[RuleChange], shown: Shown) -> Component:
    _ = shown.translate
    if not changes:
        return empty(_("还没有人改过规则。谁在什么时候、为什么改了什么，会列在这里。"))
    titles = (_("时间"), _("谁"), _("规则"), _("修改前"), _("修改后"), _("为什么"))
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(title, scope="col") for title in titles])),
            html.Tbody([_change_row(change, shown) for change in changes]),
        ],
        className="rules-table rules-history",
    )


def _change_row(change: RuleChange, shown: Shown) -> Component:
    _ = shown.translate
    rule = find_rule(RULES, change.kind, change.cause)
    name = f"{_(words.DEVICE_KIND[change.kind])} · {_(words.ALARM_CAUSE[change.cause])}"
    return html.Tr(
        [
            html.Td(f"{shown.day(change.at)} {shown.clock(change.at)}", className="num"),
            html.Td(change.actor),
            html.Td(name),
            html.Td(_numbers(rule, change.before), className="num"),
            html.Td(_numbers(rule, change.after), className="num"),
            html.Td(change.reason),
        ]
    )


def _numbers(rule: Rule, numbers: Numbers) -> str:
    """Return the numbers in one line: 15.0 / 8.0 %, 0 / 30 s."""
    on, off = (quantity(rule.value, value) for value in (numbers.on, numbers.off))
    text = f"{on} / {off} {unit(rule.value)}"
    if numbers.on_delay_s or numbers.off_delay_s:
        text += f", {numbers.on_delay_s} / {numbers.off_delay_s} s"
    return text
