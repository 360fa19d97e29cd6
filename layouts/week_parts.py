"""Small parts of the week's page: blocks, tables, numbers and bars."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.components import Part, aria, data
from layouts.week_words import share


def block(title: str, *children: Part) -> Component:
    """Return a section of the page with its heading."""
    return html.Section([html.H2(title), *children], className="week-block")


def table(
    head: Sequence[str], rows: Sequence[Sequence[Part]], *, class_name: str = ""
) -> Component:
    """Return a table whose first column names the rows; columns of numbers stand at the right."""
    ends = [_is_number(cell) for cell in rows[0]] if rows else [False] * len(head)
    return html.Table(
        [
            html.Thead(
                html.Tr(
                    [
                        html.Th(cell, scope="col", className=_column(end))
                        for cell, end in zip(head, ends, strict=True)
                    ]
                )
            ),
            html.Tbody([_row(row, ends) for row in rows]),
        ],
        className=f"week-table {class_name}".strip(),
    )


def _row(row: Sequence[Part], ends: Sequence[bool]) -> Component:
    cells = [
        html.Td(cell, className=_column(end)) for cell, end in zip(row[1:], ends[1:], strict=True)
    ]
    return html.Tr([html.Th(row[0], scope="row", className=_column(ends[0])), *cells])


def _is_number(cell: Part) -> bool:
    return getattr(cell, "className", None) == "num"


def _column(end: bool) -> str:
    return "end" if end else ""


def num(value: float | str, *, worse: bool = False) -> Component:
    """Return a number for a table; ``worse`` marks what has to be seen."""
    text = f"{value:,}" if isinstance(value, int | float) else value
    return html.Span(text, className="num", **data(trend="worse" if worse else None))


def share_bar(value: float, *, low: float | None = None) -> Component:
    """Return a share of 0 … 1 as a bar with its number; below ``low`` it is marked."""
    abnormal = low is not None and value < low
    return html.Span(
        [
            html.Span(
                html.I(style={"width": f"{100 * min(max(value, 0.0), 1.0):.1f}%"}),
                className="bar",
                **aria(hidden="true"),
            ),
            html.Span(share(value, 1), className="num"),
        ],
        className="share",
        **data(trend="worse" if abnormal else None),
    )
