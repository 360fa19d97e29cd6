"""Small parts that every panel is made of: marks, figures, facts, rows, empty states.

``data-*`` attributes are the live bindings: the browser keeps what carries them current
(``assets/js/lib/bindings.mjs``), so that no callback runs when a value changes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from data.domain.views import DeviceNow
from data.domain.words import Status
from layouts import words
from layouts.shown import Shown, quantity, unit

Part = Component | str | None


class Crumb(NamedTuple):
    """One step of the way to what is shown; the last one leads nowhere."""

    name: str
    href: str | None


def href(kind: str, key: str) -> str:
    """Return the address that selects something: ``/?building=B1``."""
    return f"/?{kind}={quote(key, safe='')}"


def data(**values: object) -> dict[str, Any]:
    """Return ``data-*`` attributes, ``_`` written as ``-``; None leaves one out."""
    return {
        f"data-{name.replace('_', '-')}": value
        for name, value in values.items()
        if value is not None
    }


def aria(**values: object) -> dict[str, Any]:
    """Return ``aria-*`` attributes."""
    return {f"aria-{name}": value for name, value in values.items()}


def status_name(status: Status) -> str:
    """Return the word of a status in attributes: ``alarm``."""
    return status.name.lower()


def mark(
    status: Status | None = None,
    *,
    slot: int | None = None,
    building: str | None = None,
    community: str | None = None,
    large: bool = False,
) -> Component:
    """Return a status mark; css draws shape and colour, the browser keeps it current.

    Name one of ``slot``, ``building``, ``community`` for a living mark; ``status`` is what is
    known now, or all there is for a mark that stands still.
    """
    known = None if status is None else status_name(status)
    return html.Span(
        className="mark mark-large" if large else "mark",
        **aria(hidden="true"),
        **data(status=known, slot=slot, building=building, community=community),
    )


def status_word(
    shown: Shown,
    status: Status | None,
    *,
    slot: int | None = None,
    building: str | None = None,
    community: str | None = None,
) -> Component:
    """Return the status as a word, kept current like a mark."""
    _ = shown.translate
    return html.Span(
        "" if status is None else _(words.STATUS[status]),
        className="status-word",
        **data(
            status=None if status is None else status_name(status),
            slot=slot,
            building=building,
            community=community,
        ),
    )


def age(shown: Shown, at: datetime | None, *, device_id: str | None = None) -> Component:
    """Return the age of something, counted on by the browser; a dash for never."""
    return html.Time(
        "—" if at is None else shown.age(at),
        className="age quiet",
        **data(age=None if at is None else round(at.timestamp() * 1000), age_of=device_id),
    )


def reading(device_id: str, name: str, value: float | None) -> Component:
    """Return one value with its unit; the browser replaces the number."""
    return html.Span(
        [
            html.B(
                "—" if value is None else quantity(name, value),
                className="num",
                **data(value_of=f"{device_id}:{name}"),
            ),
            html.Span(unit(name), className="unit"),
        ],
        className="reading",
    )


def readings(device_id: str, now: DeviceNow | None, *, limit: int = 2) -> list[Component]:
    """Return the first values of a device, its battery last."""
    values = {} if now is None else now.values
    names = sorted(values, key=lambda name: name == "battery_pct")[:limit]
    return [reading(device_id, name, values[name]) for name in names]


def figure(value: str, label: str, measure: str = "") -> Component:
    """Return a large number with its unit and what it counts."""
    return html.Div(
        [
            html.Div(
                [
                    html.B(value, className="figure-value"),
                    html.Span(measure, className="unit") if measure else None,
                ],
                className="figure-number",
            ),
            html.Span(label, className="figure-label"),
        ],
        className="figure",
    )


def figures(*children: Component) -> Component:
    """Return figures side by side."""
    return html.Div(list(children), className="figures")


def facts(rows: Iterable[tuple[str, Part | Sequence[Part]]]) -> Component:
    """Return a definition list; rows without a value are left out."""
    return html.Dl(
        [
            html.Div([html.Dt(term), html.Dd(value)], className="fact")
            for term, value in rows
            if value not in (None, "")
        ],
        className="facts",
    )


def section(title: str, *children: Part, count: int | None = None, css: str = "") -> Component:
    """Return a titled part of the drill-down."""
    heading: list[Part] = [title]
    if count is not None:
        heading += [" ", html.Span(str(count), className="count")]
    return html.Section([html.H3(heading), *children], className=f"drill-section {css}".rstrip())


def summary(*children: Part) -> Component:
    """Return the first part of the drill-down, which needs no title."""
    return html.Section(list(children), className="drill-section drill-summary")


def badges(*children: Component | None) -> Component | None:
    """Return small labels in a line; nothing for none."""
    shown = [child for child in children if child is not None]
    return html.P(shown, className="badges") if shown else None


def row(
    title: str,
    *,
    sub: Part = None,
    before: Part = None,
    side: Sequence[Part] = (),
    link: str | None = None,
    **attributes: object,
) -> Component:
    """Return one line of a list; with ``link`` the whole line is one."""
    body = [
        before,
        html.Span(
            [
                html.Span(title, className="row-title"),
                html.Span(sub, className="row-sub quiet") if sub else None,
            ],
            className="row-main",
        ),
        html.Span(list(side), className="row-side") if side else None,
    ]
    children = [part for part in body if part is not None]
    inner = (
        dcc.Link(children, href=link, className="row-link")
        if link
        else html.Div(children, className="row-link")
    )
    return html.Li(inner, className="row", **data(**attributes))


def rows(children: Sequence[Component], nothing: str) -> Component:
    """Return a list, or what to say when it is empty."""
    return html.Ul(list(children), className="rows") if children else empty(nothing)


def badge(text: str, kind: str = "") -> Component:
    """Return a small label; ``kind`` is ``warn`` or nothing."""
    return html.Span(text, className=f"badge badge-{kind}" if kind else "badge")


def empty(text: str) -> Component:
    """Return what stands where there is nothing, saying what would be here."""
    return html.P(text, className="empty")


def error_state(title: str, text: str, back: str) -> Component:
    """Return a friendly refusal with a way back to the sub-district."""
    return html.Div(
        [html.H2(title), html.P(text), html.P(dcc.Link(back, href="/", className="button"))],
        className="error-state",
        role="alert",
    )


def skeleton(lines: int) -> Component:
    """Return grey lines that stand in for a panel that is being fetched."""
    return html.Div(
        [html.Div(className="skeleton skeleton-line") for _line in range(lines)],
        className="skeleton-block",
        **aria(hidden="true"),
    )


def crumbs(shown: Shown, steps: Sequence[Crumb]) -> Component:
    """Return the way from the sub-district to what is shown."""
    _ = shown.translate
    return html.Nav(
        html.Ol([_crumb(step) for step in steps]), className="crumbs", **aria(label=_("位置"))
    )


def _crumb(step: Crumb) -> Component:
    if step.href is None:
        return html.Li(step.name, **aria(current="page"))
    return html.Li(dcc.Link(step.name, href=step.href))
