"""Small parts of the week's page: blocks, tables, numbers and bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.components import Part, data
from layouts.week_words import share


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that is a number or a bar; one element each, for a page has hundreds."""

    text: str
    kind: str
    worse: bool = False
    #: 0 … 1, the length of the bar.
    filled: float | None = None


def block(title: str, *children: Part) -> Component:
    """Return a section of the page with its heading."""
    return html.Section([html.H2(title), *children], className="week-block")


def table(
    head: Sequence[str], rows: Sequence[Sequence[Part | Cell]], *, class_name: str = ""
) -> Component:
    """Return a table whose first column names the rows; columns of numbers stand at the right."""
    first: Sequence[Part | Cell] = rows[0] if rows else [None] * len(head)
    headings = [
        html.Th(name, scope="col", className=cell.kind if isinstance(cell, Cell) else "")
        for name, cell in zip(head, first, strict=True)
    ]
    return html.Table(
        [html.Thead(html.Tr(headings)), html.Tbody([_row(row) for row in rows])],
        className=f"week-table {class_name}".strip(),
    )


def num(value: float | str, *, worse: bool = False) -> Cell:
    """Return a number for a table; ``worse`` marks what has to be seen."""
    return Cell(f"{value:,}" if isinstance(value, int | float) else value, "num", worse)


def share_bar(value: float, *, low: float | None = None) -> Cell:
    """Return a share of 0 … 1 as a bar with its number; below ``low`` it is marked."""
    filled = min(max(value, 0.0), 1.0)
    return Cell(share(value, 1), "share", low is not None and value < low, filled)


def _row(row: Sequence[Part | Cell]) -> Component:
    name, *cells = row
    title = name.text if isinstance(name, Cell) else name
    return html.Tr([html.Th(title, scope="row"), *(_cell(cell) for cell in cells)])


def _cell(cell: Part | Cell) -> Component:
    if not isinstance(cell, Cell):
        return html.Td(cell)
    more: dict[str, Any] = data(trend="worse" if cell.worse else None)
    if cell.filled is not None:
        more["style"] = {"--share": f"{cell.filled:.3f}"}
    return html.Td(cell.text, className=cell.kind, **more)
